import { isNothing, measures, nothing, type Amounts } from "@sekisho/gateway/amounts.ts";
import type { KeyLimits, LimitsOf, Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import { freeOf } from "@sekisho/gateway/budget/account.ts";
import { budgetRefusal } from "@sekisho/gateway/budget/budget-refusal.ts";
import { Budgets, type FreeAmounts, type Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Mutant } from "./mutant.ts";

type Parts = ConstructorParameters<typeof Budgets>;

/** Looks whether there is money, and takes it in a later turn without looking again. */
class LateBudgets extends Budgets {
  readonly #clock: Clock;
  readonly #late = new WeakMap<Hold, Hold>();

  constructor(...[clock, store, limitsOf, ...rest]: Parts) {
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
    super(clock, store, blindly, ...rest);
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

/** Forgets what the keys of a team share: each of them could spend it. */
class TeamlessBudgets extends Budgets {
  constructor(...[clock, store, limitsOf, ...rest]: Parts) {
    super(clock, store, teamless(limitsOf), ...rest);
  }

  override configure(limitsOf: LimitsOf): void {
    super.configure(teamless(limitsOf));
  }
}

function teamless(limitsOf: LimitsOf): LimitsOf {
  const known = new WeakMap<KeyLimits, KeyLimits>();
  return (principal) => {
    const limits = limitsOf(principal);
    const accounts = limits.accounts.filter(({ scope }) => scope !== "team");
    const fewer = known.get(limits) ?? { ...limits, accounts };
    known.set(limits, fewer);
    return fewer;
  };
}

/** Money is settled, tokens are not given back. */
class TokenKeepingBudgets extends Budgets {
  override settle(hold: Hold, amounts: Amounts): Write[] {
    const { outputTokens } = hold.amounts;
    return super.settle(hold, isNothing(amounts) ? amounts : { ...amounts, outputTokens });
  }
}

/** A session is asked for what it has spent, and what its calls hold is not looked at. */
class BlindSessionBudgets extends Budgets {
  override reserve(spender: Spender, amounts: Amounts): Hold {
    const session = this.booksOf(spender).find(({ limit }) => limit.scope === "session");
    if (session === undefined) return super.reserve(spender, amounts);
    const { reserved } = session;
    const [held, none] = [{ ...reserved }, { ...nothing }];
    Object.assign(reserved, none);
    try {
      return super.reserve(spender, amounts);
    } finally {
      for (const measure of measures) reserved[measure] += held[measure];
    }
  }
}

/** Asks for nothing as for something: less than nothing is left of a limit that was cut. */
class NeedlessBudgets extends Budgets {
  override reserve(spender: Spender, amounts: Amounts): Hold {
    for (const account of this.booksOf(spender)) {
      for (const measure of measures) {
        if (amounts[measure] > 0 || freeOf(account, measure) >= 0) continue;
        const most = account.limit.most[measure] ?? 0;
        throw budgetRefusal({ account, measure, most, needed: 0, code: "budget_exhausted" });
      }
    }
    return super.reserve(spender, amounts);
  }
}

/** Takes what no limit is about for an amount. */
class CountingBudgets extends Budgets {
  override free(spender: Spender): FreeAmounts {
    const free = super.free(spender);
    if (this.isMoneyLimited(spender)) BigInt(free.nanoUsd);
    return free;
  }
}

export const budgetMutants: readonly Mutant[] = [
  {
    name: "check-then-act",
    mistake: "a reservation is checked in one turn and made in a later one",
    parts: () => ({ budgets: (...parts) => new LateBudgets(...parts) }),
  },
  {
    name: "teamless",
    mistake: "a level that several keys share is left out of the check",
    parts: () => ({ budgets: (...parts) => new TeamlessBudgets(...parts) }),
  },
  {
    name: "needless-refusal",
    mistake: "a limit that was cut below what is spent refuses calls that need nothing of it",
    parts: () => ({ budgets: (...parts) => new NeedlessBudgets(...parts) }),
  },
  {
    name: "counted-infinity",
    mistake: "money is counted for calls that none of their tenant's money limits is about",
    parts: () => ({ budgets: (...parts) => new CountingBudgets(...parts) }),
  },
  {
    name: "kept-tokens",
    mistake: "tokens of a call are booked as reserved, not as used",
    parts: () => ({ budgets: (...parts) => new TokenKeepingBudgets(...parts) }),
  },
  {
    name: "blind-session",
    mistake: "what the calls under way of a session hold does not count against it",
    parts: () => ({ budgets: (...parts) => new BlindSessionBudgets(...parts) }),
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
