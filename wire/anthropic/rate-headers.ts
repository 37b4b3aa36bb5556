import { tightest, type RateKind, type RateLevels } from "../canonical/rate-level.ts";
import { rfc3339 } from "../framing/rfc3339.ts";

interface RateNames {
  readonly kind: RateKind;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

const named = (kind: RateKind): RateNames => ({
  kind,
  limit: `anthropic-ratelimit-${kind}-limit`,
  remaining: `anthropic-ratelimit-${kind}-remaining`,
  reset: `anthropic-ratelimit-${kind}-reset`,
});

/** Joined once: each answer has three of them. */
const names: readonly RateNames[] = [named("requests"), named("tokens")];

/**
 * Flat: `anthropic-ratelimit-*` of the tightest rate in requests and of that in tokens. Those of
 * input and output tokens apart are not there: our rates count both together.
 */
export function rateHeaders({ atWallMs, levels }: RateLevels): string[] {
  const headers: string[] = [];
  for (const { kind, limit, remaining, reset } of names) {
    const level = tightest(levels, kind);
    if (level === null) continue;
    headers.push(limit, String(level.policy.limit));
    headers.push(remaining, String(level.remaining));
    headers.push(reset, rfc3339(wholeSecond(atWallMs + level.fullInMs)));
  }
  return headers;
}

/** Not too early: the text has no fraction. */
const wholeSecond = (ms: number): number => Math.ceil(ms / 1_000) * 1_000;
