import { Budgets, type BudgetLimit, type Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Mutant } from "./mutant.ts";

type Parts = ConstructorParameters<typeof Budgets>;

/** Looks whether there is money, and takes it in a later turn without looking again. */
class LateBudgets extends Budgets {
  readonly #clock: Clock;
  readonly #late = new WeakMap<Hold, Hold>();

  constructor(...[clock, store, limitsOf]: Parts) {
    let isBlind = false;
    const blindLimits = new WeakMap<readonly BudgetLimit[], readonly BudgetLimit[]>();
    super(clock, store, (principal) => {
      const limits = limitsOf(principal);
      if (!isBlind) return limits;
      const blind =
        blindLimits.get(limits) ??
        limits.map((limit) => ({ ...limit, limitNanoUsd: Number.MAX_SAFE_INTEGER }));
      blindLimits.set(limits, blind);
      return blind;
    });
    this.#clock = clock;
    this.#takeBlindly = (principal, amount) => {
      isBlind = true;
      const hold = super.reserve(principal, amount);
      isBlind = false;
      super.freeNanoUsd(principal);
      return hold;
    };
  }

  readonly #takeBlindly: (principal: Principal, amount: number) => Hold;

  override reserve(principal: Principal, amountNanoUsd: number): Hold {
    const looked = super.reserve(principal, amountNanoUsd);
    super.settle(looked, 0);
    const promised: Hold = { ...looked, open: true };
    this.#clock.after(0, () => {
      if (promised.open) this.#late.set(promised, this.#takeBlindly(principal, amountNanoUsd));
    });
    return promised;
  }

  override settle(hold: Hold, costNanoUsd: number): Write[] {
    hold.open = false;
    const taken = this.#late.get(hold);
    return taken === undefined ? [] : super.settle(taken, costNanoUsd);
  }
}

class TwiceSettlingBudgets extends Budgets {
  override settle(hold: Hold, costNanoUsd: number): Write[] {
    const writes = super.settle(hold, costNanoUsd);
    return [...writes, ...writes];
  }
}

class NeverVoidingBudgets extends Budgets {
  override settle(hold: Hold, costNanoUsd: number): Write[] {
    return costNanoUsd === 0 ? [] : super.settle(hold, costNanoUsd);
  }
}

export const budgetMutants: readonly Mutant[] = [
  {
    name: "check-then-act",
    mistake: "a reservation is checked in one turn and made in a later one",
    parts: () => ({ budgets: (...parts) => new LateBudgets(...parts) }),
  },
  {
    name: "double-settle",
    mistake: "what a call cost is written twice to what its budget has spent",
    parts: () => ({ budgets: (...parts) => new TwiceSettlingBudgets(...parts) }),
  },
  {
    name: "forgotten-void",
    mistake: "money of a call that cost nothing, or whose intent was refused, is never freed",
    parts: () => ({ budgets: (...parts) => new NeverVoidingBudgets(...parts) }),
  },
];
