import {
  isNothing,
  measures,
  type Amounts,
  type Measure,
  type Sums,
} from "@sekisho/gateway/amounts.ts";
import type { Spender } from "@sekisho/gateway/budget/budget-limit.ts";
import type { Budgets, Hold } from "@sekisho/gateway/budget/budgets.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Sometimes } from "../base/sometimes.ts";
import { Violation } from "../base/violation.ts";
import type { BudgetPlan, MostPlan } from "../scenario/gateway-plan.ts";
import { accountOf } from "./account-of.ts";

interface Shadow {
  limit: MostPlan;
  /** What it may come to: its limit, or what there was already when a process or that began. */
  most: Amounts;
  readonly settled: Sums;
  readonly reserved: Sums;
}

interface NamedShadow {
  readonly name: string;
  readonly shadow: Shadow;
}

export interface ShadowParts {
  readonly clock: Clock;
  readonly plansOf: (keyId: string) => readonly BudgetPlan[];
  /** What the ledger says was settled on an account in a window before this process began. */
  readonly settledBefore: (account: string, windowStartMs: number) => Amounts;
  readonly sometimes: Sometimes;
}

const refusals = {
  in_flight: "refused: in flight",
  budget_exhausted: "refused: budget exhausted",
  request_exceeds_budget: "refused: request exceeds budget",
} as const;

const shared = ["tenant", "team", "rule", "session"] as const;

const dayMs = 86_400_000;

const windowStart = (window: BudgetPlan["window"], atMs: number): number => {
  if (window === null) return 0;
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
    budgets.reserve = (spender, amounts) => {
      try {
        const hold = reserve(spender, amounts);
        this.#reserved(spender, hold);
        this.compare(budgets);
        return hold;
      } catch (error) {
        if (error instanceof Failure) this.#refused(spender, amounts, error);
        throw error;
      }
    };
    budgets.settle = (hold, amounts) => {
      const writes = settle(hold, amounts);
      this.#settled(hold, amounts);
      this.compare(budgets);
      return writes;
    };
    return budgets;
  }

  /** MON-8 at this instant, and that both sets of books say the same. */
  compare(budgets: Budgets): void {
    for (const book of budgets.books()) {
      const shadow = this.#shadow(book.account, book.windowStartMs, book.limit.most);
      for (const measure of measures) {
        const [settled, reserved] = [book.settled[measure], book.reserved[measure]];
        const most = shadow.most[measure];
        const name = `${book.account} ${measure}`;
        if (settled + reserved > most) {
          throw new Violation("MON-8", `${name}: ${settled} + ${reserved} above ${most}`);
        }
        const right = [shadow.settled[measure], shadow.reserved[measure]];
        if (right[0] === settled && right[1] === reserved) continue;
        const has = `${settled} settled and ${reserved} reserved`;
        throw new Violation("MON-7", `${name} has ${has}, should be ${right.join(" and ")}`);
      }
    }
  }

  /** Nothing runs any more, so nothing may be held. */
  checkIdle(): void {
    for (const [account, windows] of this.#shadows) {
      for (const { reserved } of windows.values()) {
        if (isNothing(reserved)) continue;
        throw new Violation("MON-8 leak", `${account}: ${JSON.stringify(reserved)} still reserved`);
      }
    }
  }

  #current(spender: Spender): NamedShadow[] {
    const nowMs = this.#parts.clock.wallMs();
    return this.#parts.plansOf(spender.principal.keyId).flatMap((plan) => {
      const account = accountOf(plan, spender);
      if (account === null) return [];
      const startMs = this.#windowOf(account, windowStart(plan.window, nowMs));
      const shadow = this.#shadow(account, startMs, plan.most);
      if (shadow.limit !== plan.most) relimit(shadow, plan.most);
      return { name: `${account}@${startMs}`, shadow };
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

  #shadow(account: string, windowStartMs: number, limit: MostPlan): Shadow {
    const windows = this.#shadows.get(account) ?? new Map<number, Shadow>();
    const known = windows.get(windowStartMs);
    if (known !== undefined) return known;
    const settled = this.#parts.settledBefore(account, windowStartMs);
    // Calls whose ends were lost with the last second count at their reservations, all of them,
    // though one may have been made with what another had given back.
    const reserved = byMeasure(() => 0);
    const most = mostOf(limit, { settled, reserved });
    const fresh: Shadow = { limit, most, settled: { ...settled }, reserved };
    this.#shadows.set(account, windows.set(windowStartMs, fresh));
    return fresh;
  }

  #reserved(spender: Spender, hold: Hold): void {
    const current = this.#current(spender);
    if (current.length === 0 && this.#parts.plansOf(spender.principal.keyId).length > 0) {
      this.#parts.sometimes.reached("none of the key's budgets is one of the call");
    }
    const held = hold.windows.map(({ account, windowStartMs }) => `${account}@${windowStartMs}`);
    if (held.toSorted().join() !== namesOf(current).toSorted().join()) {
      throw new Violation("MON-7", `A hold is on ${held.join()}`);
    }
    for (const { name, shadow } of current) {
      const { settled, reserved, limit } = shadow;
      for (const measure of measures) {
        reserved[measure] += hold.amounts[measure];
        if (settled[measure] + reserved[measure] <= (limit[measure] ?? Infinity)) continue;
        if (hold.amounts[measure] === 0) {
          this.#parts.sometimes.reached("nothing needed of a limit that was cut");
          continue;
        }
        throw new Violation("MON-8", `${name} is overspent: ${JSON.stringify(shadow)}`);
      }
    }
  }

  #settled(hold: Hold, amounts: Amounts): void {
    for (const { account, windowStartMs, limit } of hold.windows) {
      const { settled, reserved } = this.#shadow(account, windowStartMs, limit.most);
      for (const measure of measures) {
        reserved[measure] -= hold.amounts[measure];
        settled[measure] += Math.min(amounts[measure], hold.amounts[measure]);
      }
    }
  }

  /** No refusal that the books do not justify, and the gravest word for it (MON-11). */
  #refused(spender: Spender, amounts: Amounts, { code, details }: Failure): void {
    const { sometimes } = this.#parts;
    if (code in refusals) sometimes.reached(refusals[code as keyof typeof refusals]);
    const type = String(details.facts?.["budgetType"]);
    for (const scope of shared) {
      if (type.startsWith(`${scope}_`)) sometimes.reached(`refused: ${scope}'s budget`);
    }
    if (!type.endsWith("_cost")) sometimes.reached("refused: tokens");
    const words = this.#current(spender).flatMap(({ shadow }) => wordsFor(shadow, amounts));
    const right = gravest.find((word) => words.includes(word));
    if (right === code) return;
    const { keyId } = spender.principal;
    throw new Violation("MON-8 refusal", `${code} of key ${keyId}: should be ${right}`);
  }
}

/** Another limit, by an administrator: what is spent and held above it stays. */
function relimit(shadow: Shadow, limit: MostPlan): void {
  shadow.limit = limit;
  shadow.most = mostOf(limit, shadow);
}

const mostOf = (
  limit: MostPlan,
  { settled, reserved }: Pick<Shadow, "settled" | "reserved">,
): Amounts =>
  byMeasure((measure) =>
    Math.max(limit[measure] ?? Infinity, settled[measure] + reserved[measure]),
  );

const namesOf = (shadows: readonly NamedShadow[]): string[] => shadows.map(({ name }) => name);

const byMeasure = (make: (measure: Measure) => number): Sums => ({
  nanoUsd: make("nanoUsd"),
  inputTokens: make("inputTokens"),
  outputTokens: make("outputTokens"),
});

const gravest = ["request_exceeds_budget", "budget_exhausted", "in_flight"] as const;

function wordsFor({ limit, settled, reserved }: Shadow, amounts: Amounts): string[] {
  return measures.flatMap((measure) => {
    const most = limit[measure];
    const amount = amounts[measure];
    // What is not needed is not lacking, however little of it there is.
    if (most === null || amount === 0) return [];
    if (settled[measure] + reserved[measure] + amount <= most) return [];
    if (amount > most) return ["request_exceeds_budget"];
    return settled[measure] + amount > most ? ["budget_exhausted"] : ["in_flight"];
  });
}
