import type { ClaimPage, ClaimView } from "@sekisho/wire/admin/idempotency.ts";
import { pageLimits } from "@sekisho/wire/admin/page-limits.ts";
import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatTable, type Column } from "./table.ts";

const columns: readonly Column[] = [
  "REQUEST",
  "NAME",
  "TENANT",
  "SURFACE",
  "STATE",
  "CAUSE",
  "EXPIRES",
].map((title) => ({ title, align: "left" }));

/** A fingerprint says nothing to people. */
const shownName = ({ source, name }: ClaimView): string =>
  source === "key" ? name : `content ${name.slice(0, 12)}`;

const rowOf = (claim: ClaimView): readonly string[] => [
  claim.request,
  shownName(claim),
  claim.tenant,
  claim.surface,
  claim.state,
  claim.cause ?? "",
  claim.expiresAt,
];

const filters = ["tenant", "name", "after"];

/** `sekisho idempotency`: one page, the newest first. */
export async function listClaims(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, filters, { limit: pageLimits });
  const path = `/admin/idempotency?${query.toString()}`;
  // The server's own type: what is no answer of ours was refused by the client.
  const page = (await AdminClient.connect(invocation).get(path)) as ClaimPage;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(page)}\n`);
    return "ok";
  }
  const { claims, next } = page;
  terminal.out(claims.length === 0 ? "no keys\n" : formatTable(columns, claims.map(rowOf)));
  if (next !== null) terminal.err(`more: --after ${next}\n`);
  return "ok";
}

/** `sekisho idempotency show` */
export const showClaim = (invocation: Invocation): Promise<Exit> => say(invocation, "GET");

/** `sekisho idempotency forget`: the next request with the key is a new call. */
export const forgetClaim = (invocation: Invocation): Promise<Exit> => say(invocation, "DELETE");

async function say(invocation: Invocation, method: "GET" | "DELETE"): Promise<Exit> {
  const { options, terminal, args } = invocation;
  const path = `/admin/idempotency/${encodeURIComponent(args[0] ?? "")}`;
  const client = AdminClient.connect(invocation);
  const answer = method === "GET" ? await client.get(path) : await client.send(method, path);
  // See listClaims.
  const claim = answer as ClaimView;
  if (options.has("json")) terminal.out(`${JSON.stringify(claim)}\n`);
  else terminal.out(formatTable(columns, [rowOf(claim)]));
  return "ok";
}
