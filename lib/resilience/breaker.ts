/** Which opening of the breaker a call was admitted in: verdicts of an older one are ignored. */
export type Pass = number;

export type BreakerStatus =
  /** Admits every call. `sinceMs` is when it last closed, null when it never was open. */
  | { readonly kind: "closed"; readonly sinceMs: number | null }
  /** Refuses until then: Infinity while it is forced open. */
  | { readonly kind: "open"; readonly untilMs: number }
  /** Tries one call at a time; `isProbing` while one is out. */
  | { readonly kind: "half_open"; readonly isProbing: boolean };

/**
 * Answers one question: may a call go there now? It decides and does not act. Each pass ends with
 * exactly one of `success`, `failure` and `abandon`. Time is monotonic milliseconds.
 */
export interface Breaker {
  /** A pass for one call, or null: it may not go now. */
  admit(nowMs: number): Pass | null;
  success(pass: Pass, nowMs: number): void;
  failure(pass: Pass, nowMs: number): void;
  /** The call ended without a verdict on the other side: cancelled, refused for its content. */
  abandon(pass: Pass, nowMs: number): void;
  /**
   * What a probe outside of traffic found. While open, a good one half-opens it at once and counts
   * as one success; while closed it says nothing, since a port that answers does not outweigh calls
   * that fail. A bad one is a failure wherever a call's would be one.
   */
  probed(isWell: boolean, nowMs: number): void;
  /** Holds it open or closed whatever happens. Null lifts that by a reset, if it was held. */
  force(to: "open" | "closed" | null, nowMs: number): void;
  /** Closed and not forced; failures, openings and passes that are out are forgotten. */
  reset(nowMs: number): void;
  readonly forced: "open" | "closed" | null;
  /** Failures within the long window, none from before it last closed. Changes nothing. */
  recentFailures(nowMs: number): number;
  /** Changes nothing. */
  status(nowMs: number): BreakerStatus;
}
