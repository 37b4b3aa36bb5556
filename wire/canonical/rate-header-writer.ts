import { tightest, type RateKind, type RateLevel, type RateLevels } from "./rate-level.ts";

interface RateWords {
  readonly nameOf: (what: "limit" | "remaining" | "reset", kind: RateKind) => string;
  /** When all of the limit is there again. */
  readonly resetOf: (level: RateLevel, atWallMs: number) => string;
}

const kinds = ["requests", "tokens"] as const satisfies readonly RateKind[];

/**
 * Writes a dialect's headers, flat: three of the tightest rate in requests, and three of that in
 * tokens. Their names are joined once, since each answer has them.
 */
export function rateHeaderWriter({ nameOf, resetOf }: RateWords): (rates: RateLevels) => string[] {
  const names = kinds.map((kind) => ({
    kind,
    limit: nameOf("limit", kind),
    remaining: nameOf("remaining", kind),
    reset: nameOf("reset", kind),
  }));
  return ({ atWallMs, levels }) => {
    const headers: string[] = [];
    for (const { kind, limit, remaining, reset } of names) {
      const level = tightest(levels, kind);
      if (level === null) continue;
      headers.push(limit, String(level.policy.limit));
      headers.push(remaining, String(level.remaining));
      headers.push(reset, resetOf(level, atWallMs));
    }
    return headers;
  };
}
