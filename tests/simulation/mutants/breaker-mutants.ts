import type { Breaker } from "@sekisho/lib/resilience/breaker.ts";
import type { Mutant } from "./mutant.ts";

/** A breaker that opens for good. */
function neverHalfOpen(breaker: Breaker): Breaker {
  const admit = breaker.admit.bind(breaker);
  breaker.admit = (nowMs) => (breaker.status(nowMs).kind === "closed" ? admit(nowMs) : null);
  return breaker;
}

export const breakerMutants: readonly Mutant[] = [
  {
    name: "never-half-open",
    mistake: "a circuit that has opened lets no probe through",
    parts: (make) => ({
      breaker: (...parts) => neverHalfOpen(make.breaker(...parts)),
    }),
  },
];
