import type { Account } from "@sekisho/gateway/budget/account.ts";
import type { BudgetLimit, KeyLimits, Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import type { Hold } from "@sekisho/gateway/budget/budgets.ts";
import { Violation } from "../base/violation.ts";
import { accountOf } from "../checks/account-of.ts";
import type { GroupDisturbance, GroupLimit, GroupScenario, GroupTenant } from "./group-scenario.ts";

type Cut = Extract<GroupDisturbance, { kind: "limits cut" }>;

/** What tenants may spend, as their administrators have it now. */
export class GroupLimits {
  readonly #tenants: readonly GroupTenant[];
  readonly #alerts: readonly number[];
  readonly #cuts = new Set<Cut>();
  readonly #whole: ReadonlyMap<string, KeyLimits>;
  #limits: ReadonlyMap<string, KeyLimits> = new Map();
  /** How often they were changed. */
  changes = 0;

  constructor({ tenants, alerts }: Pick<GroupScenario, "tenants" | "alerts">) {
    this.#tenants = tenants;
    this.#alerts = alerts;
    this.#change();
    this.#whole = this.#limits;
  }

  of(tenant: string): KeyLimits {
    return this.#limits.get(tenant) ?? { accounts: [], request: null };
  }

  /** What an account may come to at most: calls from before a cut go on. */
  wholeOf({ tenant, limit }: Account): BudgetLimit["most"] {
    const own = this.#whole.get(tenant)?.accounts.find(({ scope }) => scope === limit.scope);
    return own?.most ?? limit.most;
  }

  cut(cut: Cut): void {
    this.#cuts.add(cut);
    this.#change();
  }

  restore(cut: Cut): void {
    this.#cuts.delete(cut);
    this.#change();
  }

  /** A call spends from the accounts of whom it names, and by the limits of now. */
  check(spender: Spender, { windows }: Hold): void {
    const right = this.of(spender.principal.tenant).accounts.flatMap((limit) => {
      const { scope, window } = limit;
      const account = scope === "user" ? null : accountOf({ scope, window }, spender);
      return account === null ? [] : [textOf(account, limit)];
    });
    const held = windows.map(({ account, limit }) => textOf(account, limit));
    if (held.toSorted().join() === right.toSorted().join()) return;
    throw new Violation("MON-7", `A hold is on ${held.join()}, should be on ${right.join()}`);
  }

  #change(): void {
    this.changes += 1;
    this.#limits = new Map(
      this.#tenants.map(({ name, limits }, at) => {
        const own = [...this.#cuts].filter(({ tenant }) => tenant === at);
        const share = Math.min(1, ...own.map((each) => each.share));
        return [
          name,
          { accounts: limits.map((limit) => this.#limitOf(limit, share)), request: null },
        ];
      }),
    );
  }

  #limitOf({ scope, nanoUsd, outputTokens }: GroupLimit, share: number): BudgetLimit {
    const part = (most: number | null): number | null =>
      most === null ? null : Math.floor(most * share);
    return {
      scope,
      window: scope === "session" ? null : "day",
      most: { nanoUsd: part(nanoUsd), inputTokens: null, outputTokens: part(outputTokens) },
      alerts: this.#alerts,
    };
  }
}

const textOf = (account: string, { most }: BudgetLimit): string =>
  `${account} of ${most.nanoUsd} nano-USD and ${most.outputTokens} tokens`;
