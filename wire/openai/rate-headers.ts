import { tightest, type RateKind, type RateLevels } from "../canonical/rate-level.ts";

/** As OpenAI writes a time: `20ms`, `1.5s`, `6m0s`, `1h0m0s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms) / 1_000;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Number((seconds % 60).toFixed(3))}s`;
  if (minutes === 0) return rest;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${rest}` : `${hours}h${minutes % 60}m${rest}`;
}

interface RateNames {
  readonly kind: RateKind;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

const named = (kind: RateKind): RateNames => ({
  kind,
  limit: `x-ratelimit-limit-${kind}`,
  remaining: `x-ratelimit-remaining-${kind}`,
  reset: `x-ratelimit-reset-${kind}`,
});

/** Joined once: each answer has three of them. */
const names: readonly RateNames[] = [named("requests"), named("tokens")];

/** Flat: `x-ratelimit-*` of the tightest rate in requests and of that in tokens. */
export function rateHeaders({ levels }: RateLevels): string[] {
  const headers: string[] = [];
  for (const { kind, limit, remaining, reset } of names) {
    const level = tightest(levels, kind);
    if (level === null) continue;
    headers.push(limit, String(level.policy.limit));
    headers.push(remaining, String(level.remaining));
    headers.push(reset, durationText(level.fullInMs));
  }
  return headers;
}
