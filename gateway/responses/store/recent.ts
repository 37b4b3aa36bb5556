import { Buffer } from "node:buffer";
import { entryBytes } from "@sekisho/lib/event-log/log-entry.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type {
  StoredStream,
  StreamEnd,
  StreamEntry,
  StreamHead,
  StreamOwners,
  StreamRecovery,
  StreamStore,
} from "../stream-store.ts";

export interface RecentLimits {
  readonly bytes: number;
  readonly streams: number;
  /** A stream that nobody has asked for during so long is forgotten, at most twice as late. */
  readonly idleMs: number;
}

export const defaultRecentLimits: RecentLimits = {
  bytes: 8 * 1_024 * 1_024,
  streams: 4_096,
  idleMs: 60_000,
};

/** Old streams go with the file that they are in. */
export interface RecentSource extends StreamStore {
  hasFileOf(id: string): boolean;
}

/** About what a stream takes beside its entries. */
const overheadBytes = 2_048;

interface Recent {
  readonly stored: StoredStream;
  /** From its beginning to its end; null until they are read at once. */
  entries: readonly StreamEntry[] | null;
  bytes: number;
  /** Monotonic. */
  usedMs: number;
}

/**
 * A store that nobody else writes, with those streams in memory that are over and were asked for
 * lately: an answer that is given again and again is read once. What is over does not change; it
 * is forgotten before it is taken away, and behind that once more, as somebody may have asked in
 * between. Nobody says when a file is dropped: what is not asked for stays no longer than `idleMs`
 * allows, so that no text outlives its file by more.
 */
export class RecentStreamStore implements StreamStore {
  readonly #store: RecentSource;
  readonly #clock: Clock;
  readonly #limits: RecentLimits;
  /** In the order of last use. */
  readonly #recent = new Map<string, Recent>();
  #bytes = 0;
  /** Is looked for what nobody asks for any more? Not while nothing is held. */
  #isTended = false;

  constructor(store: RecentSource, clock: Clock, limits: RecentLimits = defaultRecentLimits) {
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** About what is held in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  open(head: StreamHead): Promise<void> {
    return this.#store.open(head);
  }

  append(id: string, entries: readonly StreamEntry[], end: StreamEnd | null): Promise<void> {
    return this.#store.append(id, entries, end);
  }

  find(id: string): StoredStream | null {
    const recent = this.#used(id);
    if (recent !== undefined) return recent.stored;
    const stored = this.#store.find(id);
    if (stored !== null && stored.endedMs !== null) this.#keep(id, stored);
    return stored;
  }

  read(id: string, seq: number): readonly StreamEntry[] {
    const recent = this.#used(id);
    if (recent === undefined) return this.#store.read(id, seq);
    const { entries, stored } = recent;
    if (entries !== null) return seq === 0 ? entries : entries.slice(seq);
    const page = this.#store.read(id, seq);
    if (seq === 0 && page.length === stored.nextSeq) this.#hold(id, recent, page);
    return page;
  }

  async remove(id: string): Promise<void> {
    this.#forget(id);
    try {
      await this.#store.remove(id);
    } finally {
      this.#forget(id);
    }
  }

  idsOf(owners: StreamOwners): readonly string[] {
    return this.#store.idsOf(owners);
  }

  scrub(ids: readonly string[]): Promise<void> {
    return this.#store.scrub(ids);
  }

  async recover(recovery: StreamRecovery): Promise<number> {
    try {
      return await this.#store.recover(recovery);
    } finally {
      for (const id of this.#recent.keys()) this.#forget(id);
    }
  }

  #used(id: string): Recent | undefined {
    const recent = this.#recent.get(id);
    if (recent === undefined) return undefined;
    if (!this.#store.hasFileOf(id)) {
      this.#forget(id);
      return undefined;
    }
    recent.usedMs = this.#clock.monotonicMs();
    this.#recent.delete(id);
    this.#recent.set(id, recent);
    return recent;
  }

  #keep(id: string, stored: StoredStream): void {
    const { facts } = stored.head;
    const bytes = overheadBytes + Buffer.byteLength(JSON.stringify([facts, stored.end]));
    this.#recent.set(id, { stored, entries: null, bytes, usedMs: this.#clock.monotonicMs() });
    this.#bytes += bytes;
    this.#shrink();
    if (!this.#isTended) this.#tend();
  }

  #tend(): void {
    this.#isTended = this.#recent.size > 0;
    if (!this.#isTended) return;
    const { idleMs } = this.#limits;
    this.#clock.after(idleMs, () => {
      const beforeMs = this.#clock.monotonicMs() - idleMs;
      for (const [id, { usedMs }] of this.#recent) {
        if (usedMs > beforeMs) break;
        this.#forget(id);
      }
      this.#tend();
    });
  }

  #hold(id: string, recent: Recent, entries: readonly StreamEntry[]): void {
    let bytes = 0;
    for (const entry of entries) bytes += entryBytes(entry);
    recent.entries = entries;
    recent.bytes += bytes;
    this.#bytes += bytes;
    this.#shrink();
  }

  #shrink(): void {
    const { bytes, streams } = this.#limits;
    for (const id of this.#recent.keys()) {
      if (this.#bytes <= bytes && this.#recent.size <= streams) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const recent = this.#recent.get(id);
    if (recent === undefined) return;
    this.#recent.delete(id);
    this.#bytes -= recent.bytes;
  }
}
