import { HedgeDelay } from "@sekisho/lib/resilience/hedge-delay.ts";
import { SpendBudget } from "@sekisho/lib/resilience/spend-budget.ts";
import type { HedgePolicy } from "../model-entry.ts";
import type { Target } from "../target.ts";

/** Whose calls are hedged. */
export interface HedgedEntry {
  readonly name: string;
  readonly policy: HedgePolicy;
}

/** What became of a call that had waited long enough. */
export type HedgeEnd =
  /** The second attempt was the first to have content. */
  | "won"
  | "lost"
  /** It failed, or another's end made it needless. */
  | "ended"
  /** None was sent: the share of requests, or of spend, was used up. */
  | "no requests left"
  | "no spend left";

interface Means {
  readonly policy: HedgePolicy;
  readonly spend: SpendBudget;
  /** In thousandths of a hedge. */
  level: number;
}

const perHedge = 1_000;
/** More at once would be a storm. */
const mostAtOnce = 10 * perHedge;
/** At most so much spend is saved up for hedges. */
const capNanoUsd = 10_000_000_000;

/**
 * How long first tokens are waited for, and what second attempts may come to: a share of the
 * requests and of the spend that there were, from nothing on (RTE-11). Kept over configurations.
 */
export class Hedging {
  readonly #delays = new Map<string, HedgeDelay>();
  readonly #means = new Map<string, Means>();

  /** Null while too little is known of the target. */
  delayMs({ id }: Target): number | null {
    return this.#delays.get(id)?.delayMs ?? null;
  }

  /** A first token came after so long; Infinity for one that was no longer waited for. */
  waited({ id }: Target, ms: number): void {
    const known = this.#delays.get(id);
    const delay = known ?? new HedgeDelay();
    if (known === undefined) this.#delays.set(id, delay);
    delay.sample(ms);
  }

  /** A request that might be hedged has begun. */
  begun(entry: HedgedEntry): void {
    const means = this.#of(entry);
    const earned = Math.floor(entry.policy.requestShare * perHedge);
    means.level = Math.min(mostAtOnce, means.level + earned);
  }

  /** Takes a second attempt, and the most that it can cost in vain; null when both were there. */
  take(entry: HedgedEntry, boundNanoUsd: number): HedgeEnd | null {
    const means = this.#of(entry);
    if (means.level < perHedge) return "no requests left";
    if (!means.spend.take(boundNanoUsd)) return "no spend left";
    means.level -= perHedge;
    return null;
  }

  /** It was not sent after all. */
  refund(entry: HedgedEntry, boundNanoUsd: number): void {
    this.spent(entry, boundNanoUsd, 0);
    const means = this.#of(entry);
    means.level = Math.min(mostAtOnce, means.level + perHedge);
  }

  /** What was taken for it came to so much. */
  spent(entry: HedgedEntry, boundNanoUsd: number, costNanoUsd: number): void {
    this.#of(entry).spend.refund(Math.max(0, boundNanoUsd - costNanoUsd));
  }

  /** A call of the entry cost its tenant so much. */
  settled(entry: HedgedEntry, costNanoUsd: number): void {
    this.#of(entry).spend.settled(costNanoUsd);
  }

  #of({ name, policy }: HedgedEntry): Means {
    const known = this.#means.get(name);
    if (known?.policy === policy) return known;
    const { spendShare: share } = policy;
    const isSame = known?.policy.spendShare === share;
    const spend = isSame ? known.spend : new SpendBudget({ share, startNanoUsd: 0, capNanoUsd });
    const fresh = { policy, spend, level: known?.level ?? 0 };
    this.#means.set(name, fresh);
    return fresh;
  }
}
