import { isNothing, nothing, type Amounts } from "@sekisho/gateway/amounts.ts";
import type { KeyLimits, Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import { Budgets, type Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Mutant } from "./mutant.ts";

type Parts = ConstructorParameters<typeof Budgets>;

/** Looks whether there is money, and takes it in a later turn without looking again. */
class LateBudgets extends Budgets {
  readonly #clock: Clock;
  readonly #late = new WeakMap<Hold, Hold>();

  constructor(...[clock, store, limitsOf, alerted]: Parts) {
    let isBlind = false;
    const blindLimits = new WeakMap<KeyLimits, KeyLimits>();
    const blindly: typeof limitsOf = (principal) => {
      const limits = limitsOf(principal);
      if (!isBlind) return limits;
      const most = { nanoUsd: null, inputTokens: null, outputTokens: null };
      const accounts = limits.accounts.map((limit) => ({ ...limit, most }));
      const blind = blindLimits.get(limits) ?? { ...limits, accounts };
      blindLimits.set(limits, blind);
      return blind;
    };
    super(clock, store, blindly, alerted);
    this.#clock = clock;
    this.#takeBlindly = (spender, amounts) => {
      isBlind = true;
      const hold = super.reserve(spender, amounts);
      isBlind = false;
      super.free(spender);
      return hold;
    };
  }

  readonly #takeBlindly: (spender: Spender, amounts: Amounts) => Hold;

  override reserve(spender: Spender, amounts: Amounts): Hold {
    const looked = super.reserve(spender, amounts);
    super.settle(looked, nothing);
    const promised: Hold = { ...looked, open: true };
    this.#clock.after(0, () => {
      if (promised.open) this.#late.set(promised, this.#takeBlindly(spender, amounts));
    });
    return promised;
  }

  override settle(hold: Hold, amounts: Amounts): Write[] {
    hold.open = false;
    const taken = this.#late.get(hold);
    return taken === undefined ? [] : super.settle(taken, amounts);
  }
}

class TwiceSettlingBudgets extends Budgets {
  override settle(hold: Hold, amounts: Amounts): Write[] {
    const writes = super.settle(hold, amounts);
    return [...writes, ...writes];
  }
}

class NeverVoidingBudgets extends Budgets {
  override settle(hold: Hold, amounts: Amounts): Write[] {
    return isNothing(amounts) ? [] : super.settle(hold, amounts);
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
