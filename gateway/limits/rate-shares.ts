import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { RateAccount } from "./rate-account.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What an owner has used in one process since it told last. */
export interface RateShare {
  readonly owner: string;
  readonly requests: number;
  readonly tokens: number;
  /** Calls that are under way there now. */
  readonly underWay: number;
}

interface Told {
  readonly requests: number;
  readonly tokens: number;
  readonly underWay: number;
  readonly atMs: number;
}

const untold: Told = { requests: 0, tokens: 0, underWay: 0, atMs: -Infinity };

/** News of less than this part of what an owner may use at once waits for more … */
const littlePart = 1 / 64;

/** … or for so long: each message wakes every other process, and the one that hands it on. */
const patienceMs = 1_000;

/**
 * Rates of several processes: each grants on its own and takes off what the others tell, so that
 * the level is right but for what was granted since. Nobody waits for anybody.
 */
export class RateShares {
  readonly #clock: Clock;
  readonly #accounts: ReadonlyMap<string, RateAccount>;
  readonly #told = new Map<string, Told>();
  /** Calls under way by owner, then by process. */
  readonly #underWay = new Map<string, Map<number, number>>();

  constructor(clock: Clock, accounts: ReadonlyMap<string, RateAccount>) {
    this.#clock = clock;
    this.#accounts = accounts;
  }

  /** What there is to tell, but for what others can do without for a second. */
  collect(): RateShare[] {
    const nowMs = this.#clock.monotonicMs();
    const news: RateShare[] = [];
    for (const [owner, { limit, taken, underWay }] of this.#accounts) {
      const before = this.#told.get(owner) ?? untold;
      const requests = taken.requests - before.requests;
      const tokens = taken.tokens - before.tokens;
      const calls = underWay - before.underWay;
      if (requests === 0 && tokens === 0 && calls === 0) continue;
      const isLate = nowMs - before.atMs >= patienceMs;
      if (!isLate && isLittle(limit, { requests, tokens, calls })) continue;
      this.#told.set(owner, { ...taken, underWay, atMs: nowMs });
      news.push({ owner, requests, tokens, underWay });
    }
    return news;
  }

  /** What another process has told. Owners that nobody has asked for here begin with the first. */
  take(process: number, shares: readonly RateShare[]): void {
    for (const { owner, requests, tokens, underWay } of shares) {
      const calls = this.#underWay.get(owner) ?? new Map<number, number>();
      this.#underWay.set(owner, calls);
      if (underWay === 0) calls.delete(process);
      else calls.set(process, underWay);
      this.#apply(owner, { requests, tokens });
    }
  }

  /** A process has ended, and its calls with it. */
  forget(process: number): void {
    for (const [owner, calls] of this.#underWay) {
      if (calls.delete(process)) this.#apply(owner, { requests: 0, tokens: 0 });
    }
  }

  #apply(owner: string, more: { requests: number; tokens: number }): void {
    const calls = this.#underWay.get(owner);
    const sum = [...(calls?.values() ?? [])].reduce((total, each) => total + each, 0);
    if (sum === 0) this.#underWay.delete(owner);
    this.#accounts.get(owner)?.takenElsewhere(more, sum, this.#clock.monotonicMs());
  }
}

interface News {
  readonly requests: number;
  readonly tokens: number;
  readonly calls: number;
}

/** What has no limit nobody waits for. */
const isLittle = (limit: RateLimit, { requests, tokens, calls }: News): boolean =>
  Math.abs(requests) < littlePart * (limit.requests?.burst ?? Infinity) &&
  Math.abs(tokens) < littlePart * (limit.tokensPerMinute ?? Infinity) &&
  Math.abs(calls) < littlePart * (limit.concurrent ?? Infinity);
