import { RetryBudgets } from "@sekisho/gateway/dispatch/retry-budgets.ts";
import type { HealthVerdict, Passage } from "@sekisho/gateway/health.ts";
import type { CircuitName } from "@sekisho/gateway/route/circuit.ts";
import { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import type { Breaker, BreakerStatus, Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { Mutant } from "./mutant.ts";

/** A breaker that is not the right one, at some levels or at all. */
const breakerMutant = (
  name: string,
  mistake: string,
  spoil: (breaker: Breaker, level: CircuitName["level"]) => void,
): Mutant => ({
  name,
  mistake,
  parts: (make) => ({
    breaker: (policy, random, circuit) => {
      const breaker = make.breaker(policy, random, circuit);
      spoil(breaker, circuit.level);
      return breaker;
    },
  }),
});

function neverHalfOpen(breaker: Breaker): void {
  const admit = breaker.admit.bind(breaker);
  breaker.admit = (nowMs) => (breaker.status(nowMs).kind === "closed" ? admit(nowMs) : null);
}

/** Whoever comes while a probe is out goes with it. */
function letsTwoThrough(breaker: Breaker): void {
  const admit = breaker.admit.bind(breaker);
  const status = breaker.status.bind(breaker);
  let last: Pass | null = null;
  breaker.admit = (nowMs) => {
    const { kind } = status(nowMs);
    const pass = admit(nowMs);
    if (pass !== null) last = pass;
    return pass ?? (kind === "half_open" ? last : null);
  };
  breaker.status = (nowMs): BreakerStatus => {
    const is = status(nowMs);
    return is.kind === "half_open" ? { kind: "half_open", isProbing: false } : is;
  };
}

function judgesTwice(breaker: Breaker): void {
  const failure = breaker.failure.bind(breaker);
  breaker.failure = (pass, nowMs) => {
    failure(pass, nowMs);
    failure(pass, nowMs);
  };
}

/** A good probe does not count. */
function neverCloses(breaker: Breaker): void {
  const success = breaker.success.bind(breaker);
  breaker.success = (pass, nowMs) => {
    if (breaker.status(nowMs).kind === "closed") success(pass, nowMs);
    else breaker.abandon(pass, nowMs);
  };
}

function neverOpens(breaker: Breaker): void {
  breaker.failure = (pass, nowMs) => breaker.abandon(pass, nowMs);
}

/** Takes a throttled call for a failed one, whatever the policy says. */
class StrictHealth extends HealthTree {
  override admit(...call: Parameters<HealthTree["admit"]>): Passage | null {
    const passage = super.admit(...call);
    if (passage === null) return null;
    const strict = (verdict: HealthVerdict): HealthVerdict =>
      verdict === "throttled" ? "server" : verdict;
    return {
      firstToken: (...first) => passage.firstToken(...first),
      end: (verdict, nowMs, cause) => passage.end(strict(verdict), nowMs, cause),
    };
  }
}

class DeafHealth extends HealthTree {
  override serve(...[targets, , served]: Parameters<HealthTree["serve"]>): void {
    super.serve(targets, [], served);
  }
}

class GenerousRetries extends RetryBudgets {
  override take(): null {
    return null;
  }

  override left(): number {
    return Infinity;
  }
}

export const routingMutants: readonly Mutant[] = [
  breakerMutant(
    "never-half-open",
    "a circuit that has opened lets no probe through",
    neverHalfOpen,
  ),
  breakerMutant("two-probes", "half-open lets a second call through", letsTwoThrough),
  breakerMutant("judged-twice", "a failure counts twice", judgesTwice),
  breakerMutant(
    "eternal-region",
    "a region that has opened never closes again",
    (breaker, level) => {
      if (level === "region") neverCloses(breaker);
    },
  ),
  breakerMutant("no-quarantine", "a refused credential stays in use", (breaker, level) => {
    if (level === "credential") neverOpens(breaker);
  }),
  {
    name: "strict-throttling",
    mistake: "a 429 counts as a failure though it is not configured to",
    parts: () => ({ health: (parts) => new StrictHealth(parts) }),
  },
  {
    name: "deaf-drain",
    mistake: "what is taken out of use is used",
    parts: () => ({ health: (parts) => new DeafHealth(parts) }),
  },
  {
    name: "generous-retries",
    mistake: "no retry is refused, however many there were",
    parts: () => ({ retries: (limits) => new GenerousRetries(limits) }),
  },
];
