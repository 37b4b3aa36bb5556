import type { Random } from "../random/random.ts";

export interface BackoffLimits {
  /** The first pause, and the width of the jitter on every pause. */
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Enough to reach any limit, and far from the infinity that 0 × 2^attempt would meet. */
const maxExponent = 52;

/**
 * How long to wait before retry `attempt`, counted from 0: min(max, base × 2^attempt + jitter),
 * the jitter uniform in [0, base). Any attempt is fine; the exponent cannot overflow the limit.
 */
export const backoffMs = (attempt: number, random: Random, limits: BackoffLimits): number => {
  const { baseMs, maxMs } = limits;
  return Math.min(maxMs, baseMs * 2 ** Math.min(attempt, maxExponent) + random.float() * baseMs);
};
