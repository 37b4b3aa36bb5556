import type { CacheFiguresView, CachePurgeView, CacheView } from "@sekisho/wire/admin/cache.ts";
import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatCounted, formatShare, formatUsd } from "./format-figures.ts";
import { formatTable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const columns: readonly Column[] = [
  { title: "TENANT", align: "left" },
  { title: "ALIAS", align: "left" },
  ...["REQUESTS", "HITS", "SHARED", "SEMANTIC", "RATE", "SAVED USD", "INPUT", "OUTPUT"].map(
    (title): Column => ({ title, align: "right" }),
  ),
];

const rowOf = (figures: CacheFiguresView): readonly string[] => [
  formatCount(figures.requests),
  formatCount(figures.hits),
  formatCount(figures.shared),
  formatCount(figures.semantic),
  formatShare(figures.hitRate),
  formatUsd(figures.savedNanoUsd),
  formatCount(figures.savedInputTokens),
  formatCount(figures.savedOutputTokens),
];

/** `sekisho cache status` */
export async function showCache(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, ["tenant", "range"]);
  const client = AdminClient.connect(invocation);
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await client.get(`/admin/cache?${query.toString()}`)) as CacheView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(view)}\n`);
    return "ok";
  }
  const rows = view.groups.map(({ tenant, alias, figures }) => [tenant, alias, ...rowOf(figures)]);
  terminal.out(formatTable(columns, [...rows, ["total", "", ...rowOf(view.totals)]]));
  for (const [place, size] of [
    ["memory", view.memory],
    ["disk", view.disk],
  ] as const) {
    if (size === null) continue;
    terminal.out(
      `${place}: ${formatCounted(size.answers, "answer")}, ${formatCount(size.bytes)} bytes\n`,
    );
  }
  return "ok";
}

/** `sekisho cache purge` */
export async function purgeCache(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const isNamed = ["tenant", "alias", "key", "answer"].some((name) => options.has(name));
  if (isNamed === options.has("all")) {
    const ways = "--tenant, --alias, --key or --answer, or else --all";
    throw cliFailure("usage", `Cannot purge: name ${ways}`);
  }
  const answer = options.text("answer");
  if (answer !== undefined && !/^[0-9a-f]{64}$/.test(answer)) {
    const why = "an x-sekisho-cache-key has 64 hexadecimal digits";
    throw cliFailure("usage", `Cannot read --answer ${answer}: ${why}`);
  }
  const said = {
    tenant: options.text("tenant"),
    alias: options.text("alias"),
    keyId: options.text("key"),
    key: answer,
    ...(options.has("all") ? { all: "yes" } : {}),
  };
  const client = AdminClient.connect(invocation);
  // As above.
  const view = (await client.send("POST", "/admin/cache/purge", said)) as CachePurgeView;
  terminal.out(
    options.has("json")
      ? `${JSON.stringify(view)}\n`
      : `${formatCounted(view.purged, "answer")} purged\n`,
  );
  return "ok";
}
