import { backoffMs } from "@sekisho/lib/resilience/backoff.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { AttemptFailure } from "../attempt.ts";
import type { Plan } from "../plan.ts";

/** What a run has behind it when an attempt failed before anything was written to the client. */
export interface Setback {
  readonly plan: Plan;
  readonly failure: AttemptFailure;
  /** Attempts made so far, at least 1. */
  readonly made: number;
  /** Index in the plan of the attempt that failed. */
  readonly index: number;
  readonly remainingMs: number;
  /** How long the target rests now that it has failed. */
  readonly restMs: number;
}

export type NextStep =
  | { readonly kind: "attempt"; readonly index: number; readonly afterMs: number }
  | { readonly kind: "giveUp" };

/** Instants are floats: the pause that a target asked for may come back longer by a rounding. */
const roundingMs = 1;

const giveUp: NextStep = { kind: "giveUp" };

/**
 * Where a retry is decided (RTE-6, RTE-7, RTE-8). Another target is tried at once and each target
 * once; only a sole target is tried again, after a backoff or the pause that it asked for, and
 * never when that pause outlasts the request or the target would still rest behind it.
 */
export function nextStep(setback: Setback, random: Random): NextStep {
  const { plan, failure, made, index } = setback;
  if (failure.verdict === "final" || made >= plan.policy.max || setback.remainingMs <= 0) {
    return giveUp;
  }
  if (index + 1 < plan.attempts.length) return { kind: "attempt", index: index + 1, afterMs: 0 };
  if (plan.attempts.length > 1 || failure.verdict === "failover") return giveUp;
  const { backoffMs: baseMs, backoffMaxMs: maxMs } = plan.policy;
  const afterMs = Math.max(
    backoffMs(made - 1, random, { baseMs, maxMs }),
    failure.retryAfterMs ?? 0,
  );
  const isInVain = afterMs >= setback.remainingMs || setback.restMs > afterMs + roundingMs;
  return isInVain ? giveUp : { kind: "attempt", index: 0, afterMs };
}
