/** UTC windows in which a budget is counted. */
export type BudgetWindow = "day" | "month";

/** Start of the window in which `atMs` lies, as epoch milliseconds. */
export function windowStartMs(window: BudgetWindow, atMs: number): number {
  const dayMs = 86_400_000;
  if (window === "day") return Math.floor(atMs / dayMs) * dayMs;
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}

/** Start of the window after the one that starts at `startMs`. */
export function nextWindowStartMs(window: BudgetWindow, startMs: number): number {
  if (window === "day") return startMs + 86_400_000;
  const start = new Date(startMs);
  return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1);
}
