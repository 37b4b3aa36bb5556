import { RetryBudget, type RetryBudgetLimits } from "@sekisho/lib/resilience/retry-budget.ts";
import { SpendBudget } from "@sekisho/lib/resilience/spend-budget.ts";
import type { Target } from "../target.ts";

export interface RetryLimits {
  readonly attempts: RetryBudgetLimits;
  /** The share of settled spend that retries may waste; null: any. */
  readonly spendShare: number | null;
}

/** Which budget has no retry left. */
export type Exhausted = "attempts" | "spend";

/** What may be wasted before anything was settled, and at most at any time: 10 USD. */
const startNanoUsd = 10_000_000_000;

/**
 * What retries may come to, in attempts and in money, so that an outage is not made worse by those
 * who suffer from it (RTE-9). Attempts are counted for the region that receives the retry.
 */
export class RetryBudgets {
  #limits: RetryLimits;
  #regions = new Map<string, RetryBudget>();
  /** The same, for who asks with every call. */
  #byTarget = new WeakMap<Target, RetryBudget>();
  #spend: SpendBudget | null;

  constructor(limits: RetryLimits) {
    this.#limits = limits;
    this.#spend = spendOf(limits);
  }

  /** Starts over with full budgets where the limits have changed. */
  configure(limits: RetryLimits): void {
    if (JSON.stringify(limits) === JSON.stringify(this.#limits)) return;
    this.#limits = limits;
    this.#regions = new Map();
    this.#byTarget = new WeakMap();
    this.#spend = spendOf(limits);
  }

  /** A call's first attempt goes there. */
  first(target: Target): void {
    this.#region(target).first();
  }

  /**
   * Takes a retry at the target, and what the failed attempt may have cost in vain, 0 where it
   * provably cost nothing. Null when both budgets had it; else nothing is taken.
   */
  take(target: Target, wastedNanoUsd: number, nowMs: number): Exhausted | null {
    const region = this.#region(target);
    if (!region.take(nowMs)) return "attempts";
    if (wastedNanoUsd === 0 || this.#spend === null || this.#spend.take(wastedNanoUsd)) return null;
    region.refund();
    return "spend";
  }

  /** How many retries the target's region may receive now. Changes nothing. */
  left(target: Target, nowMs: number): number {
    const known = this.#regions.get(keyOf(target)) ?? new RetryBudget(this.#limits.attempts);
    return known.left(nowMs);
  }

  /** What failed attempts may waste yet; null without a limit. */
  get spendLeftNanoUsd(): number | null {
    return this.#spend?.leftNanoUsd ?? null;
  }

  /** A call cost its tenant so much. */
  settled(costNanoUsd: number): void {
    this.#spend?.settled(costNanoUsd);
  }

  #region(target: Target): RetryBudget {
    const known = this.#byTarget.get(target);
    if (known !== undefined) return known;
    const key = keyOf(target);
    const budget = this.#regions.get(key) ?? new RetryBudget(this.#limits.attempts);
    this.#regions.set(key, budget);
    this.#byTarget.set(target, budget);
    return budget;
  }
}

const keyOf = ({ provider, region }: Target): string => `${provider}/${region}`;

const spendOf = ({ spendShare: share }: RetryLimits): SpendBudget | null =>
  share === null ? null : new SpendBudget({ share, startNanoUsd, capNanoUsd: startNanoUsd });
