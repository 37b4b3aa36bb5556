import type { Breaker } from "@sekisho/lib/resilience/breaker.ts";
import type { Mutant } from "./mutant.ts";

/** A breaker that opens for good. */
const neverHalfOpen = (breaker: Breaker): Breaker => {
  const isClosed = (nowMs: number): boolean => breaker.status(nowMs).kind === "closed";
  return {
    admit: (nowMs) => isClosed(nowMs) && breaker.admit(nowMs),
    success: (nowMs) => breaker.success(nowMs),
    failure: (nowMs) => breaker.failure(nowMs),
    abandon: (nowMs) => breaker.abandon(nowMs),
    status: (nowMs) => breaker.status(nowMs),
  };
};

export const breakerMutants: readonly Mutant[] = [
  {
    name: "never-half-open",
    mistake: "a circuit that has opened lets no probe through",
    parts: (make) => ({ breaker: (policy) => neverHalfOpen(make.breaker(policy)) }),
  },
];
