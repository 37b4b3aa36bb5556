import type { AttemptRecord, CallResult } from "../attempt.ts";
import type { MeasuredUsage } from "../usage.ts";

/** Output tokens that nobody was handed; null where nobody knows how many there were. */
export interface WastedTokens {
  /** Of the answer. */
  readonly own: number | null;
  /** In the order of the attempts. */
  readonly attempts: readonly (number | null)[];
}

/**
 * By the share of the answer that was handed over, and all of what is no part of it. Where it was
 * continued its last tokens are those that nobody was handed.
 */
export function wastedTokens(
  { attempts, counts, segments }: Omit<CallResult, "cause">,
  handedShare: number,
): WastedTokens {
  if (counts === null) return { own: 0, attempts: attempts.map(allOf) };
  const own = wastedOf(counts.outcome.measured, handedShare);
  // Nearly every call: one attempt, and the answer is that one's.
  if (attempts.length === 1 && attempts[0] === counts) return { own, attempts: [own] };
  const parts = new Map<AttemptRecord, number | null>();
  let left = own ?? 0;
  for (const each of (segments ?? [counts]).toReversed()) {
    const all = allOf(each);
    const wasted = all === null ? null : Math.min(left, all);
    left -= wasted ?? 0;
    parts.set(each, wasted);
  }
  const ofAttempt = (each: AttemptRecord): number | null => {
    const wasted = parts.get(each);
    return wasted === undefined ? allOf(each) : wasted;
  };
  return { own, attempts: attempts.map(ofAttempt) };
}

const allOf = ({ outcome }: AttemptRecord): number | null => wastedOf(outcome.measured, 0);

function wastedOf({ usage, source }: MeasuredUsage, handedShare: number): number | null {
  if (source === "unknown") return null;
  return usage.output - Math.round(usage.output * handedShare);
}
