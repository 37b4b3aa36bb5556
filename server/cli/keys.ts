import type { Clock } from "@sekisho/lib/time/clock.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  type KeyLimitsChange,
  type KeyPage,
  type KeyView,
  type KeyWithSecret,
  maxKeyLifeMs,
  maxStreamGraceMs,
} from "@sekisho/wire/admin/keys.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { refusedFigure } from "./refused-figure.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure, type Terminal } from "./terminal.ts";

const columns: readonly Column[] = [
  "ID",
  "TENANT",
  "TEAM",
  "ROLE",
  "NAME",
  "MODELS",
  "ADDRESSES",
  "CRITICALITY",
  "ORIGIN",
  "ACCESS KEY",
  "LAST USED",
  "STATE",
].map((title) => ({ title, align: "left" }));

const state = (
  { revokedAt, expiresAt, rotatedAt, createdAt }: KeyView,
  clock: Pick<Clock, "wallMs">,
): string => {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  if (expiresAt !== null) {
    return `${expiresAt > rfc3339(clock.wallMs()) ? "until" : "expired"} ${expiresAt}`;
  }
  if (rotatedAt !== null) return `rotated ${rotatedAt}`;
  return createdAt === null ? "" : `made ${createdAt}`;
};

const rowOf = (key: KeyView, { clock }: Terminal): readonly string[] => [
  key.id,
  key.tenant,
  key.team ?? "",
  key.role,
  key.name,
  key.models.join(","),
  key.addresses.join(","),
  key.criticality,
  key.origin,
  key.accessKeyId ?? "",
  key.lastUsedAt ?? "never",
  state(key, clock),
];

/** Every key of the server, page after page. */
export async function fetchKeys(
  client: AdminClient,
  filter: Readonly<Record<string, string>>,
): Promise<KeyView[]> {
  const keys: KeyView[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams(after === null ? filter : { ...filter, after });
    // The server's own type: what is no answer of ours was refused by the client.
    const page = (await client.get(`/admin/keys?${query.toString()}`)) as KeyPage;
    keys.push(...page.keys);
    after = page.next;
  } while (after !== null);
  return keys;
}

export async function listKeys(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const tenant = options.text("tenant");
  const keys = await fetchKeys(AdminClient.connect(invocation), {
    ...(tenant === undefined ? {} : { tenant }),
    ...(options.has("revoked") ? { revoked: "true" } : {}),
  });
  const table = (): string =>
    formatTable(
      columns,
      keys.map((key) => rowOf(key, terminal)),
    );
  terminal.out(options.has("json") ? `${JSON.stringify({ keys })}\n` : table());
  return "ok";
}

/** What says something of calls of models, which admin keys make none of. */
const clientOptions = [
  "team",
  "models",
  "surfaces",
  "criticality",
  "request-budget",
  "stream-grace",
  "budget-status",
  "tag",
  "origins",
  "aws",
];

export async function createKey(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const role = options.text("role") ?? "client";
  if (role === "client" && !options.has("tenant")) {
    throw cliFailure("usage", "Cannot make a client key: --tenant is missing");
  }
  const misplaced = role === "client" ? [] : clientOptions.filter((name) => options.has(name));
  if (misplaced.length > 0) {
    const named = misplaced.map((name) => `--${name}`).join(", ");
    const verb = misplaced.length === 1 ? "is" : "are";
    const why = `${named} ${verb} for client keys; this one opens the admin API and no model`;
    throw cliFailure("usage", `Cannot make a key of the role ${role}: ${why}`);
  }
  const body = {
    role,
    tenant: options.text("tenant"),
    team: options.text("team"),
    name: options.text("name"),
    models: options.list("models"),
    surfaces: options.list("surfaces"),
    criticality: options.text("criticality"),
    requestBudget: options.text("request-budget"),
    streamGraceMs: options.durationMs("stream-grace", maxStreamGraceMs),
    budgetStatus: options.count("budget-status"),
    tags: options.list("tag"),
    ...limitsOf(options),
    ...(options.has("aws") ? { aws: true } : {}),
  };
  const answer = await AdminClient.connect(invocation).send("POST", "/admin/keys", body);
  // See fetchKeys.
  const { key, secret, aws } = answer as KeyWithSecret;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify({ key, secret, aws })}\n`);
    return "ok";
  }
  const whose = key.tenant === operatorTenant ? "all tenants" : key.tenant;
  terminal.err(printable(`Made ${key.role} key ${key.id} for ${whose}. It is shown this once:`));
  terminal.err("\n");
  terminal.out(`${secret}\n${pairLines(aws)}`);
  return "ok";
}

/** As a shell takes them: neither id nor secret has a character that it reads otherwise. */
export const pairLines = (pair: KeyWithSecret["aws"]): string =>
  pair === null
    ? ""
    : `export AWS_ACCESS_KEY_ID=${pair.accessKeyId}\n` +
      `export AWS_SECRET_ACCESS_KEY=${pair.secretAccessKey}\n`;

/** `--addresses`, `--origins` and `--expires-in` as the admin API takes them: none, and never. */
function limitsOf(options: Invocation["options"]): KeyLimitsChange {
  const addresses = options.text("addresses") === "none" ? [] : options.list("addresses");
  const origins = options.text("origins") === "none" ? [] : options.list("origins");
  const isNever = options.text("expires-in") === "never";
  const expiresInMs = isNever ? null : options.durationMs("expires-in", maxKeyLifeMs);
  if (expiresInMs === 0) {
    const text = options.text("expires-in") ?? "";
    throw refusedFigure("expires-in", text, "it must be at least 1ms, or never");
  }
  return {
    ...(addresses === undefined ? {} : { addresses }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    ...(origins === undefined ? {} : { origins }),
  };
}

/** Where and for how long a key is good from now on. */
export async function limitKey(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const changes = limitsOf(options);
  if (Object.keys(changes).length === 0) {
    throw cliFailure("usage", "Cannot limit a key: name --addresses, --origins or --expires-in");
  }
  const path = `/admin/keys/${encodeURIComponent(args[0] ?? "")}`;
  // See fetchKeys.
  const key = (await AdminClient.connect(invocation).send("PATCH", path, changes)) as KeyView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify({ key })}\n`);
    return "ok";
  }
  const from = key.addresses.length === 0 ? "anywhere" : key.addresses.join(", ");
  const until = key.expiresAt ?? "it is revoked";
  const pages = key.origins.length === 0 ? "" : `, on pages of ${key.origins.join(", ")}`;
  terminal.err(
    printable(`Key ${key.id} is good from ${from}${pages}, until ${until}.`).concat("\n"),
  );
  return "ok";
}

export async function revokeKey(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const path = `/admin/keys/${encodeURIComponent(args[0] ?? "")}`;
  // See fetchKeys.
  const key = (await AdminClient.connect(invocation).send("DELETE", path)) as KeyView;
  if (options.has("json")) terminal.out(`${JSON.stringify({ key })}\n`);
  else terminal.err(printable(`Revoked key ${key.id}. It ended at once.`).concat("\n"));
  return "ok";
}
