/** What a rate counts. */
export type RateKind = "requests" | "tokens" | "concurrent";

/** One rate of a caller, as it is configured: the same object for as long as it is. */
export interface RatePolicy {
  /** `key_requests`, `user_tokens`: no other rate of the same caller has it. */
  readonly name: string;
  readonly kind: RateKind;
  /** So much may be taken at once. */
  readonly limit: number;
  /** How long it takes to come back when all of it is taken; null for calls at once. */
  readonly windowMs: number | null;
}

/** What one rate leaves its caller. */
export interface RateLevel {
  readonly policy: RatePolicy;
  readonly remaining: number;
  /** How long until all of the limit is there again; 0 for calls at once, of which nobody knows. */
  readonly fullInMs: number;
  /** How long until anything is, 0 while something remains. */
  readonly nextInMs: number;
}

/** What the rates of a request leave its caller at one moment. */
export interface RateLevels {
  readonly atWallMs: number;
  readonly levels: readonly RateLevel[];
}

/** The level that refuses first: of one kind, that of which least remains. */
export function tightest(levels: readonly RateLevel[], kind: RateKind): RateLevel | null {
  let found: RateLevel | null = null;
  for (const level of levels) {
    if (level.policy.kind !== kind) continue;
    if (found === null || level.remaining < found.remaining) found = level;
  }
  return found;
}
