import { tightest, type RateKind, type RateLevels } from "../canonical/rate-level.ts";
import { rfc3339 } from "../framing/rfc3339.ts";

/**
 * Flat: `anthropic-ratelimit-*` of the tightest rate in requests and of that in tokens. Those of
 * input and output tokens apart are not there: our rates count both together.
 */
export function rateHeaders({ atWallMs, levels }: RateLevels): string[] {
  const headers: string[] = [];
  for (const kind of ["requests", "tokens"] as const satisfies readonly RateKind[]) {
    const level = tightest(levels, kind);
    if (level === null) continue;
    const prefix = `anthropic-ratelimit-${kind}`;
    headers.push(`${prefix}-limit`, String(level.policy.limit));
    headers.push(`${prefix}-remaining`, String(level.remaining));
    headers.push(`${prefix}-reset`, rfc3339(wholeSecond(atWallMs + level.fullInMs)));
  }
  return headers;
}

/** Not too early: the text has no fraction. */
const wholeSecond = (ms: number): number => Math.ceil(ms / 1_000) * 1_000;
