import type { Target, TargetApi } from "./target.ts";

/**
 * Stages of one attempt, each with its own limit (RTE-10). Null: only the call's deadline holds.
 */
export interface Timeouts {
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
  readonly attemptMs: number | null;
  readonly totalMs: number;
}

export interface AttemptPolicy {
  readonly max: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/** A target in a plan, with what it may cost. */
export interface PlannedAttempt {
  readonly target: Target;
  readonly api: TargetApi;
  /** The output cap that is sent: the client's, or the smaller of the model's and the alias's. */
  readonly maxTokens: number;
  /** Dearest possible outcome in nano-USD; 0 for an unpriced target. */
  readonly boundNanoUsd: number;
}

/** What the router decided: the attempts in order, and why, in words (RTE-2). */
export interface Plan {
  /** The model or alias as the client named it. */
  readonly model: string;
  readonly attempts: readonly PlannedAttempt[];
  readonly policy: AttemptPolicy;
  readonly timeouts: Timeouts;
  readonly reasons: readonly string[];
}
