import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue } from "@sekisho/lib/storage/writer.ts";
import type { AlertQuery, PlacedEvent } from "../budget-store.ts";

const columns = `place, account, window_start_ms AS windowStartMs, measure, most AS "limit",
  at_ms AS atMs, id, tenant, scope, window, share AS passed, used, code`;

/**
 * What was told of budgets, by the instant, the newest first, and within one by the order of the
 * commits. Each choice of tenant and scope has an index that ends with the instant, without the
 * rows of before there were events: these have no id, no tenant and no scope.
 */
export function readAlerts(reader: Reader, query: AlertQuery): readonly PlacedEvent[] {
  const { tenant, scope, sinceMs, untilMs, after, limit } = query;
  const [whose, owners] = conditions([
    ["tenant = ?", tenant],
    ["scope = ?", scope],
  ]);
  const [when, times] = conditions([
    ["at_ms >= ?", sinceMs],
    ["at_ms < ?", untilMs],
  ]);
  // Of another's row nothing is to be learnt, and no page begins behind it.
  const behind = `(at_ms, place) < (SELECT at_ms, place FROM budget_alerts
    WHERE ${whose} AND place = ?)`;
  const paged = after === null ? "" : `AND ${behind}`;
  const sql = `SELECT ${columns} FROM budget_alerts
    WHERE id IS NOT NULL AND ${whose} AND ${when} ${paged}
    ORDER BY at_ms DESC, place DESC LIMIT ?`;
  const page = after === null ? [] : [...owners, after];
  return reader.all(sql, [...owners, ...times, ...page, limit]).map(eventOf);
}

type Condition = readonly [sql: string, value: SqlValue];

/** Those that are asked for: the planner sees no others. */
function conditions(all: readonly Condition[]): [sql: string, params: readonly SqlValue[]] {
  const asked = all.filter(([, value]) => value !== null);
  return [
    asked.length === 0 ? "TRUE" : asked.map(([sql]) => sql).join(" AND "),
    asked.map(([, value]) => value),
  ];
}

/** The columns are named and filled like a `BudgetEvent`, which `SqliteBudgetStore` has written. */
const eventOf = (row: Row) => ({ ...row }) as unknown as PlacedEvent;
