export type BreakerStatus =
  | { readonly kind: "closed" }
  /** Refuses until then. */
  | { readonly kind: "open"; readonly untilMs: number }
  /** Tries one call at a time. */
  | { readonly kind: "half_open"; readonly isProbing: boolean };

/**
 * Answers one question: may a call go there now? It decides and does not act. Each call that
 * `admit` let through ends with exactly one of `success`, `failure` and `abandon`. Time is
 * monotonic milliseconds.
 */
export interface Breaker {
  admit(nowMs: number): boolean;
  success(nowMs: number): void;
  failure(nowMs: number): void;
  /** The call ended without a verdict on the other side: cancelled, refused for its content. */
  abandon(nowMs: number): void;
  /** Changes nothing. */
  status(nowMs: number): BreakerStatus;
}
