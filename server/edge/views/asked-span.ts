import type { UsageQuery } from "@sekisho/gateway/ledger/usage-query.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nextUtcDayStartMs, nextUtcMonthStartMs, utcDayMs } from "@sekisho/lib/time/utc.ts";
import type { CalendarRange } from "@sekisho/wire/admin/calendar-range.ts";
import { rowRanges, type RowRange } from "@sekisho/wire/admin/usage.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

export interface AskedSpan {
  readonly fromMs: number;
  /** The end of a month or a day, behind which nothing counts; null: up to now. */
  readonly untilMs: number | null;
}

const monthLength = "2026-11".length;

/** Throws Failure `invalid_value` for a month or a day that there is not, or not yet. */
export function askedSpan(range: RowRange | CalendarRange, nowMs: number): AskedSpan {
  if (range === "all") return { fromMs: 0, untilMs: null };
  if (typeof range === "string") return { fromMs: nowMs - rowRanges[range], untilMs: null };
  const { calendar } = range;
  const isMonth = calendar.length === monthLength;
  const fromMs = utcDayMs(isMonth ? `${calendar}-01` : calendar);
  if (fromMs === null) throw refusal(`${calendar} is no ${isMonth ? "month" : "day"}`);
  if (fromMs > nowMs) throw refusal(`${calendar} has not begun`);
  const untilMs = isMonth ? nextUtcMonthStartMs(fromMs) : nextUtcDayStartMs(fromMs);
  return { fromMs, untilMs };
}

/** The same, as figures out of roll-ups are asked for. */
export function spanOfUsage(
  range: RowRange | CalendarRange,
  nowMs: number,
): Required<Pick<UsageQuery, "nowMs" | "rangeMs" | "untilMs">> {
  const { fromMs, untilMs } = askedSpan(range, nowMs);
  return { nowMs, rangeMs: nowMs - fromMs, untilMs };
}

const refusal = (why: string): Failure<Code> =>
  new Failure<Code>("invalid_value", `Cannot read the query: range ${why}`, { param: "range" });
