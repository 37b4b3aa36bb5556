import type {
  AuditPage,
  AuditRowView,
  ChainVerdict,
  LedgerVerdict,
} from "@sekisho/wire/admin/audit.ts";
import { pageLimits } from "@sekisho/wire/admin/page-limits.ts";
import { AdminClient } from "./admin-client.ts";
import { chainLine } from "./chain-line.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatTable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const columns: readonly Column[] = [
  "TIME",
  "ROW",
  "EVENT",
  "OBJECT",
  "BY",
  "REQUEST",
  "BEFORE",
  "AFTER",
].map((title) => ({ title, align: "left" }));

const rowOf = (row: AuditRowView): readonly string[] => [
  row.time,
  `${row.writer}/${row.seq}`,
  row.event,
  row.object,
  row.by,
  row.requestId,
  row.before ?? "",
  row.after ?? "",
];

const filters = ["event", "object", "by", "range", "after"];

/** `sekisho audit`: one page, the newest first. */
export async function showAudit(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, filters, { limit: pageLimits });
  const answer = await AdminClient.connect(invocation).get(`/admin/audit?${query.toString()}`);
  // The server's own type: what is no answer of ours was refused by the client.
  const page = answer as AuditPage;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(page)}\n`);
    return "ok";
  }
  terminal.out(
    page.rows.length === 0 ? "no changes\n" : formatTable(columns, page.rows.map(rowOf)),
  );
  if (page.next !== null) terminal.err(`more: --after ${page.next}\n`);
  return "ok";
}

/** `sekisho audit verify`: ends with "failed" when a row does not fit. */
export async function verifyAudit(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const day = options.text("day");
  if (day !== undefined && !options.has("ledger")) {
    throw cliFailure("usage", "Cannot verify a day of the audit log: --day is for --ledger");
  }
  const client = AdminClient.connect(invocation);
  const verdict = options.has("ledger")
    ? await ledgerVerdict(client, day)
    : await auditVerdict(client);
  if (options.has("json")) terminal.out(`${JSON.stringify(verdict)}\n`);
  else if (verdict.chains.length === 0) terminal.out("no rows\n");
  else terminal.out(verdict.chains.map((chain) => `${chainLine(chain)}\n`).join(""));
  return verdict.ok ? "ok" : "failed";
}

const auditVerdict = async (client: AdminClient): Promise<ChainVerdict> =>
  // See showAudit.
  (await client.get("/admin/audit/verify")) as ChainVerdict;

/** The seals, then every part of the ledger or the one that was asked for: a request for each. */
async function ledgerVerdict(client: AdminClient, day: string | undefined): Promise<ChainVerdict> {
  const ask = async (query: string): Promise<LedgerVerdict> =>
    // See showAudit.
    (await client.get(`/admin/ledger/verify${query}`)) as LedgerVerdict;
  const seals = await ask("");
  const chains = [...seals.chains];
  for (const part of day === undefined ? seals.parts : [day]) {
    chains.push(...(await ask(`?part=${encodeURIComponent(part)}`)).chains);
  }
  return { ok: chains.every(({ fault }) => fault === null), chains };
}
