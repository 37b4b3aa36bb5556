import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  matches,
  type CacheStore,
  type ErasedOwners,
  type PurgeSelector,
  type Renewal,
  type StoreSize,
} from "./cache-store.ts";
import type { CachedAnswer } from "./cached-answer.ts";

export interface CacheLimits {
  /** Of all answers in the memory of this process. */
  readonly memoryBytes: number;
  readonly answers: number;
}

export interface AnswerCacheParts {
  readonly clock: Clock;
  readonly limits: () => CacheLimits;
  /** Null: answers are kept in memory alone. */
  readonly store: CacheStore | null;
  /** The store did not do what it was asked for: the call goes on without. */
  readonly failed: (what: CacheWork, error: unknown) => void;
  /** Answers were thrown away, here or elsewhere: what was learnt of their questions goes too. */
  readonly purged: () => void;
}

export type CacheWork = "find" | "keep" | "purge";

/** When an answer was asked for. */
export interface AskedAt {
  readonly arrivedMs: number;
  /** Wall clock: one that was kept since then stays; infinite for who wanted another one. */
  readonly sinceMs: number;
}

/** What is thrown away or renewed elsewhere is given to nobody here after so long. */
const lookMs = 250;

/** One answer may not take the place of all others. */
const largestShare = 8;

/**
 * Answers by what their requests say: the latest in memory, the one that was asked for longest ago
 * first to go, and all of them in the store (STR-14). Nothing of it fails a call.
 */
export class AnswerCache {
  readonly #parts: AnswerCacheParts;
  /** Insertion order is that of their last use. */
  readonly #front = new Map<string, CachedAnswer>();
  #bytes = 0;
  #purges = 0;
  /** Null until somebody has looked. */
  #renewals: number | null = null;
  #lookedMs = -Infinity;
  #purgedMs = -Infinity;

  constructor(parts: AnswerCacheParts) {
    this.#parts = parts;
  }

  /** What this process holds in memory. */
  get held(): StoreSize {
    return { answers: this.#front.size, bytes: this.#bytes };
  }

  /** What is kept behind it; null where that is nothing, or it cannot be asked. */
  get kept(): StoreSize | null {
    return this.#tried("find", (store) => store.size());
  }

  /** The answer of that key, where it is no older than `maxAgeMs` and not over. */
  find(key: string, maxAgeMs: number): CachedAnswer | null {
    this.#look();
    const nowMs = this.#parts.clock.wallMs();
    const found = this.#front.get(key) ?? this.#stored(key, nowMs);
    if (found === null) return null;
    // A clock that was set back would keep it for ever.
    const ageMs = nowMs - found.storedMs;
    if (nowMs >= found.expiresMs || ageMs < 0) {
      this.#drop(key);
      return null;
    }
    if (ageMs > maxAgeMs) return null;
    this.#front.delete(key);
    this.#front.set(key, found);
    return found;
  }

  /**
   * False where it is larger than one answer may be, where another one was kept since it was asked
   * for, or where answers were thrown away since: it may be one of those.
   */
  keep(answer: CachedAnswer, { arrivedMs, sinceMs }: AskedAt): boolean {
    // What others have thrown away since the last look must not come back behind them.
    this.#lookNow();
    if (arrivedMs < this.#purgedMs) return false;
    const { storedMs = -Infinity } = this.#front.get(answer.key) ?? {};
    if (storedMs > sinceMs && storedMs <= answer.storedMs) return false;
    if (answer.bytes > this.#parts.limits().memoryBytes / largestShare) return false;
    this.#hold(answer);
    this.#tried("keep", (store) => store.keep(answer, { purges: this.#purges, sinceMs }));
    return true;
  }

  /**
   * What is over leaves memory, and the store too where no other process sees to that. So does what
   * others have thrown away, though nobody asks here for anything.
   */
  sweep(isLeader: boolean): void {
    this.#lookNow();
    const nowMs = this.#parts.clock.wallMs();
    for (const [key, { expiresMs }] of this.#front) if (nowMs >= expiresMs) this.#drop(key);
    if (isLeader) this.#tried("keep", (store) => store.sweep());
  }

  /** Would a purge take any? True too where the store cannot be asked: the purge says why. */
  holds(which: PurgeSelector): boolean {
    for (const answer of this.#front.values()) if (matches(answer, which)) return true;
    if (this.#parts.store === null) return false;
    return this.#tried("find", (store) => store.holds(which)) ?? true;
  }

  /** Resolves with how many are given to nobody any more. Rejects where the store does. */
  async purge(which: PurgeSelector): Promise<number> {
    this.#purgedMs = this.#parts.clock.monotonicMs();
    this.#parts.purged();
    const count = this.#forget(which);
    const { store, clock } = this.#parts;
    if (store === null) return count;
    const purged = await store.purge(which, clock.wallMs());
    // Until then they were found in the store.
    this.#forget(which);
    // What was thrown away here needs no second look; what others did meanwhile does.
    const changes = this.#tried("find", (asked) => asked.changes());
    if (changes?.purges === this.#purges + 1) this.#purges = changes.purges;
    return purged;
  }

  /**
   * Throws away what these owners were answered, and its bytes with it (SEC-16). Rejects with
   * Failure `conflict` where that must be tried again, or as the store does.
   */
  async erase({ tenant, user, sessions }: ErasedOwners): Promise<void> {
    const whole = { tenant, alias: null, keyId: null, user: null, sessions: null, key: null };
    if (user !== null) await this.purge({ ...whole, user });
    if (sessions.length > 0) await this.purge({ ...whole, sessions });
    if ((await this.#parts.store?.scrub()) !== false) return;
    throw new Failure<Code>("conflict", "Cannot scrub kept answers: somebody reads there");
  }

  /** How many of those in memory they were. */
  #forget(which: PurgeSelector): number {
    let count = 0;
    for (const [key, answer] of this.#front) {
      if (!matches(answer, which)) continue;
      this.#drop(key);
      count += 1;
    }
    return count;
  }

  /** What others have thrown away may be held here. */
  #look(): void {
    if (this.#parts.clock.monotonicMs() - this.#lookedMs >= lookMs) this.#lookNow();
  }

  #lookNow(): void {
    const { clock, store } = this.#parts;
    if (store === null) return;
    const nowMs = clock.monotonicMs();
    this.#lookedMs = nowMs;
    const changes = this.#tried("find", (asked) => asked.changes());
    // Who cannot ask gives what it has.
    if (changes === null) return;
    const { purges, renewals } = changes;
    if (purges !== this.#purges) {
      this.#purges = purges;
      this.#purgedMs = nowMs;
      this.#parts.purged();
      this.#empty();
    } else if (renewals !== this.#renewals) this.#renewedSince(this.#renewals ?? renewals);
    this.#renewals = renewals;
  }

  /** Answers that others have put into the place of what is held here are read when asked for. */
  #renewedSince(renewals: number): void {
    const renewed = this.#tried<readonly Renewal[] | null>("find", (store) =>
      store.renewedSince(renewals),
    );
    if (renewed === null) return this.#empty();
    for (const { key, storedMs } of renewed) {
      if ((this.#front.get(key)?.storedMs ?? storedMs) < storedMs) this.#drop(key);
    }
  }

  #empty(): void {
    this.#front.clear();
    this.#bytes = 0;
  }

  #stored(key: string, nowMs: number): CachedAnswer | null {
    const found = this.#tried("find", (store) => store.find(key));
    if (found === null || found.key !== key) return null;
    if (nowMs < found.expiresMs) this.#hold(found);
    return found;
  }

  #hold(answer: CachedAnswer): void {
    this.#drop(answer.key);
    this.#front.set(answer.key, answer);
    this.#bytes += answer.bytes;
    const { memoryBytes, answers } = this.#parts.limits();
    for (const key of this.#front.keys()) {
      if (this.#bytes <= memoryBytes && this.#front.size <= answers) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const known = this.#front.get(key);
    if (known === undefined) return;
    this.#front.delete(key);
    this.#bytes -= known.bytes;
  }

  #tried<T>(what: CacheWork, ask: (store: CacheStore) => T): T | null {
    const { store, failed } = this.#parts;
    if (store === null) return null;
    try {
      return ask(store);
    } catch (error) {
      failed(what, error);
      return null;
    }
  }
}
