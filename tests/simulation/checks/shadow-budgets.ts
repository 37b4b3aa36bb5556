import type { Budgets, Hold } from "@sekisho/gateway/budget/budgets.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Sometimes } from "../base/sometimes.ts";
import { Violation } from "../base/violation.ts";
import type { BudgetPlan } from "../scenario/gateway-plan.ts";

interface Shadow {
  readonly limit: number;
  /** What it may come to: its limit, or what a recovery has booked where that is more. */
  readonly most: number;
  settled: number;
  reserved: number;
}

export interface ShadowParts {
  readonly clock: Clock;
  readonly plansOf: (keyId: string) => readonly BudgetPlan[];
  /** What the ledger says was settled on an account in a window before this process began. */
  readonly settledBefore: (account: string, windowStartMs: number) => number;
  readonly sometimes: Sometimes;
}

const refusals = {
  in_flight: "refused: in flight",
  budget_exhausted: "refused: budget exhausted",
  request_exceeds_budget: "refused: request exceeds budget",
} as const;

const dayMs = 86_400_000;

const windowStart = (window: BudgetPlan["window"], atMs: number): number => {
  const at = new Date(atMs);
  return window === "day"
    ? atMs - (((atMs % dayMs) + dayMs) % dayMs)
    : Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
};

/** A second set of books, kept from what the pipeline asks for, against which the first is held. */
export class ShadowBudgets {
  readonly #parts: ShadowParts;
  /** By account, then by window. */
  readonly #shadows = new Map<string, Map<number, Shadow>>();
  /** The newest window of each account: a clock that steps back does not reopen an older one. */
  readonly #newest = new Map<string, number>();

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Looks over the shoulder of a process's budgets. */
  watch(budgets: Budgets): Budgets {
    const reserve = budgets.reserve.bind(budgets);
    const settle = budgets.settle.bind(budgets);
    budgets.reserve = (principal, amount) => {
      try {
        const hold = reserve(principal, amount);
        this.#reserved(principal, hold);
        this.compare(budgets);
        return hold;
      } catch (error) {
        if (error instanceof Failure) this.#refused(principal, amount, error);
        throw error;
      }
    };
    budgets.settle = (hold, cost) => {
      const writes = settle(hold, cost);
      this.#settled(hold, cost);
      this.compare(budgets);
      return writes;
    };
    return budgets;
  }

  /** MON-8 at this instant, and that both sets of books say the same. */
  compare(budgets: Budgets): void {
    for (const book of budgets.books()) {
      const { name, windowStartMs, settled, reserved, limitNanoUsd } = book;
      const shadow = this.#shadow(name, windowStartMs, limitNanoUsd);
      if (settled + reserved > shadow.most) {
        throw new Violation("MON-8", `${name}: ${settled} + ${reserved} above ${shadow.most}`);
      }
      if (shadow.settled !== settled || shadow.reserved !== reserved) {
        const right = `${shadow.settled} settled and ${shadow.reserved} reserved`;
        throw new Violation("MON-7", `${name} has ${settled} and ${reserved}, should be ${right}`);
      }
    }
  }

  /** Nothing runs any more, so nothing may be held. */
  checkIdle(): void {
    for (const [account, windows] of this.#shadows) {
      for (const { reserved } of windows.values()) {
        if (reserved === 0) continue;
        throw new Violation("MON-8 leak", `${account}: ${reserved} still reserved`);
      }
    }
  }

  #current(keyId: string): { readonly name: string; readonly shadow: Shadow }[] {
    const nowMs = this.#parts.clock.wallMs();
    return this.#parts.plansOf(keyId).map(({ window, limitNanoUsd }) => {
      const account = `key:${keyId}:${window}`;
      const startMs = this.#windowOf(account, windowStart(window, nowMs));
      return {
        name: `${account}@${startMs}`,
        shadow: this.#shadow(account, startMs, limitNanoUsd),
      };
    });
  }

  #windowOf(account: string, nowStartMs: number): number {
    const newest = this.#newest.get(account) ?? nowStartMs;
    const { sometimes } = this.#parts;
    if (nowStartMs > newest) sometimes.reached("budget window rolled over");
    if (nowStartMs < newest) sometimes.reached("wall clock stepped back");
    const startMs = Math.max(newest, nowStartMs);
    this.#newest.set(account, startMs);
    return startMs;
  }

  #shadow(account: string, windowStartMs: number, limit: number): Shadow {
    const windows = this.#shadows.get(account) ?? new Map<number, Shadow>();
    const known = windows.get(windowStartMs);
    if (known !== undefined) return known;
    const settled = this.#parts.settledBefore(account, windowStartMs);
    // Calls whose ends were lost with the last second count at their reservations, all of them,
    // though one may have been made with what another had given back.
    const fresh: Shadow = { limit, most: Math.max(limit, settled), settled, reserved: 0 };
    this.#shadows.set(account, windows.set(windowStartMs, fresh));
    return fresh;
  }

  #reserved({ keyId }: Principal, hold: Hold): void {
    const current = this.#current(keyId);
    const held = hold.windows.map(({ account, windowStartMs }) => `${account}@${windowStartMs}`);
    if (held.join() !== current.map(({ name }) => name).join()) {
      throw new Violation("MON-7", `A hold is on ${held.join()}`);
    }
    for (const { name, shadow } of current) {
      shadow.reserved += hold.amountNanoUsd;
      if (shadow.settled + shadow.reserved <= shadow.limit) continue;
      throw new Violation("MON-8", `${name} is overspent: ${JSON.stringify(shadow)}`);
    }
  }

  #settled(hold: Hold, cost: number): void {
    for (const { account, windowStartMs, limit } of hold.windows) {
      const shadow = this.#shadow(account, windowStartMs, limit.limitNanoUsd);
      shadow.reserved -= hold.amountNanoUsd;
      shadow.settled += Math.min(cost, hold.amountNanoUsd);
    }
  }

  /** No refusal that the books do not justify, and the right word for it (MON-11). */
  #refused({ keyId }: Principal, amount: number, { code }: Failure): void {
    if (code in refusals) this.#parts.sometimes.reached(refusals[code as keyof typeof refusals]);
    const justified = this.#current(keyId).map(({ shadow }) => wordFor(shadow, amount));
    if (!justified.includes(code)) {
      throw new Violation("MON-8 refusal", `${code} for ${amount} of key ${keyId}: not justified`);
    }
  }
}

function wordFor({ limit, settled, reserved }: Shadow, amount: number): string | null {
  if (settled + reserved + amount <= limit) return null;
  if (amount > limit) return "request_exceeds_budget";
  return settled + amount > limit ? "budget_exhausted" : "in_flight";
}
