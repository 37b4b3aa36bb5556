import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import { readPlacedPage } from "./_placed-page.ts";
import { readQuery, refuseParam } from "./_query.ts";
import { budgetScopes } from "./budget-change.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { rowRanges, type NanoUsdJson, type RowRange } from "./usage.ts";

/** Who has accounts; a request's budget has none. */
export const alertScopes = budgetScopes.filter((scope) => scope !== "request");
export type AlertScope = (typeof alertScopes)[number];

/** What was told of a limit, whenever it was. */
export interface AlertFacts {
  /** `evt_…` */
  readonly id: string;
  readonly tenant: string;
  readonly scope: AlertScope;
  /** As in `GET /admin/budgets`. */
  readonly account: string;
  readonly window: "day" | "month" | null;
  /** Cost is in nano-USD. */
  readonly measure: "cost" | "inputTokens" | "outputTokens";
  /**
   * Which of the limit's shares is spent; of a refusal that no share says, what was used: from 0,
   * above 1 under a limit that was cut.
   */
  readonly share: number;
  readonly limit: NanoUsdJson;
  readonly used: NanoUsdJson;
  /** Of the refusal that told it; null: what was spent did. */
  readonly code: "budget_exhausted" | "request_exceeds_budget" | null;
}

/** One alert. Times are RFC 3339. */
export interface AlertView extends AlertFacts {
  readonly time: string;
  /** Null for a session, which has no window. */
  readonly windowStart: string | null;
}

/** `GET /admin/alerts`, the newest first. `next` goes on where this page ends: `?after=<next>`. */
export interface AlertPage {
  readonly alerts: readonly AlertView[];
  readonly next: string | null;
}

/** Query of `GET /admin/alerts`. */
export interface AlertQueryView {
  readonly tenant: string | null;
  readonly scope: AlertScope | null;
  readonly range: RowRange | CalendarRange;
  readonly after: number | null;
  readonly limit: number;
}

const params = ["tenant", "scope", "range", "after", "limit"];

/** Reads the query of `GET /admin/alerts`. Without one it is the newest 100 of seven days. */
export function parseAlertQuery(query: string): Parsed<AlertQueryView, "invalid_value"> {
  const read = readQuery(query, params);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const scope = alertScopes.find((each) => each === of("scope")) ?? null;
  if (scope !== of("scope")) {
    return refuseParam("scope", `must be one of ${alertScopes.join(", ")}`);
  }
  const range = readAskedRange(read.value.get("range"), rowRanges, "7d");
  if (!range.ok) return range;
  const page = readPlacedPage(read.value.get("limit"), read.value.get("after"));
  if (!page.ok) return page;
  return { ok: true, value: { tenant: of("tenant"), scope, range: range.value, ...page.value } };
}
