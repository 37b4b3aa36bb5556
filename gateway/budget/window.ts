import {
  nextUtcDayStartMs,
  nextUtcMonthStartMs,
  utcDayStartMs,
  utcMonthStartMs,
} from "@sekisho/lib/time/utc.ts";

/** UTC windows in which a budget is counted. */
export type BudgetWindow = "day" | "month";

const starts = { day: utcDayStartMs, month: utcMonthStartMs };
const nexts = { day: nextUtcDayStartMs, month: nextUtcMonthStartMs };

/** Start of the window in which `atMs` lies, as epoch milliseconds. */
export const windowStartMs = (window: BudgetWindow, atMs: number): number => starts[window](atMs);

/** Start of the window after the one in which `atMs` lies. */
export const nextWindowStartMs = (window: BudgetWindow, atMs: number): number =>
  nexts[window](atMs);
