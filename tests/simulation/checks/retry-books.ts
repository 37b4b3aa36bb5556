import type { Exhausted, RetryBudgets } from "@sekisho/gateway/dispatch/retry-budgets.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type { Sometimes } from "../base/sometimes.ts";
import { Violation } from "../base/violation.ts";
import type { UpstreamRecord } from "../providers/upstream-record.ts";
import type { RetryPlan } from "../scenario/gateway-plan.ts";

/** Budgets are kept in thousandths: ten first attempts at 0.1 are exactly one retry. */
const whole = 1_000;
/** RTE-9 */
const startNanoUsd = 10_000_000_000n;
const basisPoints = 10_000n;

interface Region {
  level: number;
  /** When retries went there, all of them. */
  readonly retriesMs: number[];
}

/** What providers of one region were sent, whatever the gateway thinks of it. */
interface Received {
  firsts: number;
  retries: number;
}

/**
 * A second set of books on retries (RTE-9), for one process of the gateway: what its budgets must
 * say, and beside that what its providers were sent.
 */
export class RetryBooks {
  readonly #plan: RetryPlan;
  readonly #sometimes: Sometimes;
  readonly #startedMs: number;
  readonly #regions = new Map<string, Region>();
  readonly #received = new Map<string, Received>();
  /** In ten-thousandths of a nano-USD: shares of what was settled have no other unit. */
  #spend = startNanoUsd * basisPoints;
  #settledNanoUsd = 0n;
  #wastedNanoUsd = 0n;
  /** Told of each target to which a retry was refused. */
  #refused: (target: Target) => void = () => {};

  constructor(plan: RetryPlan, sometimes: Sometimes, startedMs: number) {
    this.#plan = plan;
    this.#sometimes = sometimes;
    this.#startedMs = startedMs;
  }

  /** Looks over the shoulder of a process's budgets. */
  watch(budgets: RetryBudgets, refused: (target: Target) => void): RetryBudgets {
    this.#refused = refused;
    const first = budgets.first.bind(budgets);
    const take = budgets.take.bind(budgets);
    const left = budgets.left.bind(budgets);
    const settled = budgets.settled.bind(budgets);
    budgets.first = (target) => {
      const region = this.#region(target);
      region.level = Math.min(this.#plan.cap * whole, region.level + this.#perCall);
      first(target);
    };
    budgets.take = (target, wastedNanoUsd, nowMs) => {
      const should = this.#take(target, wastedNanoUsd, nowMs);
      const is = take(target, wastedNanoUsd, nowMs);
      if (is !== should) {
        const what = `a retry to ${target.id}: ${is ?? "granted"}, it should be`;
        throw new Violation("RTE-9", `${what} ${should ?? "granted"}`);
      }
      if (is !== null) this.#noteRefused(target, is);
      return is;
    };
    budgets.left = (target, nowMs) => {
      const [is, should] = [left(target, nowMs), this.#left(target, nowMs)];
      if (is !== should) {
        throw new Violation("RTE-9", `${is} retries left at ${target.id}, it should be ${should}`);
      }
      if (is === 0) this.#noteRefused(target, "attempts");
      return is;
    };
    budgets.settled = (costNanoUsd) => {
      const most = startNanoUsd * basisPoints;
      const more = this.#spend + BigInt(costNanoUsd) * this.#share;
      this.#spend = more < most ? more : most;
      this.#settledNanoUsd += BigInt(costNanoUsd);
      settled(costNanoUsd);
    };
    return budgets;
  }

  /**
   * A provider was sent a call. Its region gets no more retries than were there at first, than its
   * first attempts have paid for and than pass in any case; nor do attempts that nobody answered
   * cost more than what may be wasted.
   */
  sent(record: UpstreamRecord, before: UpstreamRecord | undefined, nowMs: number): void {
    const { provider } = record.target;
    const received = this.#received.get(provider) ?? { firsts: 0, retries: 0 };
    this.#received.set(provider, received);
    if (before === undefined) {
      received.firsts += 1;
      return;
    }
    received.retries += 1;
    const { cap, perCall, floor, floorWindowMs, spendShare } = this.#plan;
    const floors = floor * (1 + (nowMs - this.#startedMs) / floorWindowMs);
    const most = cap + perCall * received.firsts + floors;
    if (received.retries > most) {
      const { retries, firsts } = received;
      throw new Violation("RTE-9", `${provider} got ${retries} retries and ${firsts} first calls`);
    }
    if (spendShare === null || !isLost(before)) return;
    this.#wastedNanoUsd += BigInt(before.billNanoUsd);
    const mayWaste = startNanoUsd + (this.#settledNanoUsd * this.#share) / basisPoints;
    if (this.#wastedNanoUsd <= mayWaste) return;
    throw new Violation("RTE-9", `${this.#wastedNanoUsd} nano-USD wasted of ${mayWaste}`);
  }

  get #perCall(): number {
    return Math.round(this.#plan.perCall * whole);
  }

  get #share(): bigint {
    return BigInt(Math.round((this.#plan.spendShare ?? 0) * Number(basisPoints)));
  }

  #take(target: Target, wastedNanoUsd: number, nowMs: number): Exhausted | null {
    const region = this.#region(target);
    const { floor, spendShare } = this.#plan;
    if (this.#left(target, nowMs) <= 0) return "attempts";
    const levelBefore = region.level;
    region.retriesMs.push(nowMs);
    region.level = Math.max(-floor * whole, region.level - whole);
    const wasted = BigInt(wastedNanoUsd) * basisPoints;
    if (wasted === 0n || spendShare === null) return null;
    // Whole nano-USD can be spent.
    if (BigInt(wastedNanoUsd) <= this.#spend / basisPoints) {
      this.#spend -= wasted;
      return null;
    }
    region.retriesMs.pop();
    region.level = levelBefore;
    return "spend";
  }

  #left(target: Target, nowMs: number): number {
    const { level, retriesMs } = this.#region(target);
    const { floor, floorWindowMs } = this.#plan;
    const lately = retriesMs.filter((atMs) => nowMs - atMs < floorWindowMs).length;
    return Math.max(Math.floor(level / whole), floor - Math.min(floor, lately));
  }

  #region({ provider }: Target): Region {
    const known = this.#regions.get(provider);
    if (known !== undefined) return known;
    const fresh: Region = { level: this.#plan.cap * whole, retriesMs: [] };
    this.#regions.set(provider, fresh);
    return fresh;
  }

  #noteRefused(target: Target, exhausted: Exhausted): void {
    this.#refused(target);
    const isMoney = exhausted === "spend";
    this.#sometimes.reached(isMoney ? "retry refused: money" : "retry refused: attempts");
  }
}

/** It reached its provider, who said nothing of what it cost; one that never ends has no bill. */
const isLost = ({ status, fault }: UpstreamRecord): boolean =>
  (status === 200 || status === null) && !unbilled.has(fault);

const unbilled: ReadonlySet<string> = new Set(["refused", "connect time-out", "endless trickle"]);
