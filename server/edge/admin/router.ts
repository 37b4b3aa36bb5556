import { judgedIn, type JudgedWords } from "@sekisho/gateway/choice.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { parseRouterQuery, type RoutedCall, type RouterView } from "@sekisho/wire/admin/router.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import type { AdminContext } from "./admin-context.ts";
import { parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";
import { tenantAsked } from "./reach/tenant-reach.ts";

/** Some milliseconds of reading, in pieces, between which others have their turn. */
const lookedAt = 2_000;
const shownLatest = 20;

interface Routed {
  readonly row: LedgerRow;
  readonly judged: JudgedWords;
}

/**
 * `GET /admin/router?tenant=`: what the latest calls were led to by what they ask for and why,
 * in sum and of some of them (RTE-5). Who is bound to a tenant sees its calls alone.
 */
export async function getRouter(
  { exchange, staff }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const tenant = tenantAsked(staff, parsed(parseRouterQuery(exchange.head.query)), context);
  const who = { key: null, user: null, session: null };
  const rows: LedgerRow[] = [];
  for await (const calls of context.ledger.calls({ tenant, ...who, sinceMs: 0, after: null })) {
    rows.push(...calls.flatMap((call) => call.rows.filter(({ attempt }) => attempt === 0)));
    if (rows.length >= lookedAt || exchange.isClosed) break;
  }
  return { status: 200, body: routerView(rows.slice(0, lookedAt)) };
}

function routerView(rows: readonly LedgerRow[]): RouterView {
  const routed = rows.flatMap((row): Routed[] => {
    const judged = row.subject.choice === null ? null : judgedIn(row.subject.choice);
    return judged === null ? [] : [{ row, judged }];
  });
  return {
    looked: rows.length,
    aliases: aliasesOf(routed),
    signals: signalsOf(routed),
    latest: routed.slice(0, shownLatest).map(routedCall),
  };
}

const routedCall = ({ row, judged }: Routed): RoutedCall => ({
  id: `req_${row.id}`,
  atMs: row.timeMs,
  alias: row.subject.alias,
  to: judged.alias,
  model: row.subject.model,
  complexity: judged.complexity,
  points: judged.points,
  signals: judged.signals,
  outcome: row.outcome,
  costNanoUsd: row.costNanoUsd,
});

function aliasesOf(routed: readonly Routed[]): RouterView["aliases"] {
  const groups = Map.groupBy(routed, ({ row, judged }) =>
    JSON.stringify([row.subject.alias, judged.complexity, judged.alias]),
  );
  const found = [...groups.values()].flatMap((calls) => {
    const [first] = calls;
    if (first === undefined) return [];
    const { alias: to, complexity } = first.judged;
    const cost = calls.reduce((sum, { row }) => sum + BigInt(row.costNanoUsd), 0n);
    const { alias } = first.row.subject;
    return [{ alias, to, complexity, calls: calls.length, costNanoUsd: nanoUsdJson(cost) }];
  });
  return found.toSorted(
    (one, other) => compare(one.alias, other.alias) || compare(one.complexity, other.complexity),
  );
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function signalsOf(routed: readonly Routed[]): RouterView["signals"] {
  const counts = new Map<string, { simple: number; strong: number }>();
  for (const { judged } of routed) {
    for (const name of new Set(judged.signals.map((signal) => signal.name))) {
      const count = counts.get(name) ?? { simple: 0, strong: 0 };
      count[judged.complexity] += 1;
      counts.set(name, count);
    }
  }
  return [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .toSorted((one, other) => other.simple + other.strong - one.simple - one.strong);
}
