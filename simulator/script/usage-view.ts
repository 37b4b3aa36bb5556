import type { FaultName } from "../faults.data.ts";
import type { TokenCounts } from "../reply.ts";

const absurd = 1_000_000_000;

/** Usage as it is to be told: which numbers, and how each is written. */
export interface UsageView {
  readonly tokens: TokenCounts;
  readonly write: (value: number) => number | string;
}

const faulty: Partial<Record<FaultName, (tokens: TokenCounts) => UsageView | null>> = {
  "no-usage": () => null,
  "usage-huge": (tokens) => ({ tokens: { ...tokens, output: absurd }, write: (value) => value }),
  "usage-negative": (tokens) => ({ tokens, write: (value) => -value - 1 }),
  "usage-string": (tokens) => ({ tokens, write: String }),
};

/** Null when a fault leaves usage out. */
export const usageView = (tokens: TokenCounts, fault: FaultName | null): UsageView | null => {
  const view = fault === null ? undefined : faulty[fault];
  return view === undefined ? { tokens, write: (value) => value } : view(tokens);
};
