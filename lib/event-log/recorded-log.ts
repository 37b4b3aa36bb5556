import type { EntryLog } from "./entry-reader.ts";
import type { Cursor, EventLog, LogListener } from "./event-log.ts";
import type { Flushed, FlushPace } from "./flush-pace.ts";
import { entryBytes, type LogEntry } from "./log-entry.ts";

/** Where the entries of one log are kept. */
export interface EntryStore<Event> {
  /**
   * Resolves when the entries survive the death of the process. The calls for one log come one
   * after the other; `isLast` with the entries that end it.
   */
  append(entries: readonly LogEntry<Event>[], isLast: boolean): Promise<void>;
  /** Some of the kept entries from `seq` on; none where there are none. */
  read(seq: number): readonly LogEntry<Event>[];
}

export interface RecordedLogLimits {
  /** Entries of so many bytes stay in memory behind the store: readers that keep up read there. */
  readonly tailBytes: number;
  /** What is taken from the source and not kept yet; above it the source's producer is paused. */
  readonly pendingBytes: number;
  /** What a log may have in the store; beyond it nothing is kept, and nobody can come back. */
  readonly keptBytes: number;
}

export const defaultRecordedLogLimits: RecordedLogLimits = {
  tailBytes: 16 * 1_024,
  pendingBytes: 192 * 1_024,
  keptBytes: 8 * 1_048_576,
};

export interface RecordedLogParts<Event> {
  readonly store: EntryStore<Event>;
  readonly pace: FlushPace;
  readonly limits?: RecordedLogLimits;
  /** Entries will be missing in the store: `full` at the bound, else what the store threw. */
  readonly lost: (why: unknown) => void;
  /** Everything was kept, or never will be: nobody is told of entries any more. */
  readonly over: () => void;
}

/**
 * A log that outlives its reader and its process: entries of the source are kept in a store before
 * anybody reads them (STR-2). The first of them and the last are written at once, the others at
 * the pace's tick. Readers that keep up read from memory, others from the store: none of them
 * holds memory of the log, and none of them pauses the producer.
 *
 * Where the store fails, the answer goes on without it: entries that are in memory are read, and
 * `isKept` turns false.
 */
export class RecordedLog<Event> implements EntryLog<Event>, LogListener, Flushed {
  readonly #cursor: Cursor<Event>;
  readonly #parts: RecordedLogParts<Event>;
  readonly #limits: RecordedLogLimits;
  /** In order, without a gap: what readers may see, then what is not kept yet. */
  #tail: LogEntry<Event>[] = [];
  #tailBytes = 0;
  #pendingBytes = 0;
  #keptBytes = 0;
  #nextSeq = 0;
  #ended = false;
  #isFlushing = false;
  #isKept = true;
  #listeners: readonly LogListener[] = [];

  constructor(source: EventLog<Event>, parts: RecordedLogParts<Event>) {
    this.#parts = parts;
    this.#limits = parts.limits ?? defaultRecordedLogLimits;
    this.#cursor = source.open(this, 0);
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Is every entry that may be read in the store? */
  get isKept(): boolean {
    return this.#isKept;
  }

  get readers(): number {
    return this.#listeners.length;
  }

  /** In memory, kept or not. */
  get heldBytes(): number {
    return this.#tailBytes;
  }

  page(seq: number): readonly LogEntry<Event>[] {
    const first = this.#tail[0]?.seq ?? this.#nextSeq;
    if (seq >= first) return this.#tail.slice(seq - first, this.#nextSeq - first);
    return this.#parts.store.read(seq).filter((entry) => entry.seq < this.#nextSeq);
  }

  watch(listener: LogListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    };
  }

  /** The source has grown or ended. */
  published(): void {
    const isFirst = this.#nextSeq === 0;
    this.#take();
    if (!this.#hasNews || this.#isFlushing) return;
    if (isFirst || this.#sourceEnded || !this.#isKept) this.flush();
    else this.#parts.pace.want(this);
  }

  /** Keeps what was taken so far, then shows it to the readers. */
  flush(): void {
    if (this.#isFlushing || !this.#hasNews) return;
    const from = this.#nextSeq - (this.#tail[0]?.seq ?? this.#nextSeq);
    const entries = this.#tail.slice(from);
    const isLast = this.#sourceEnded;
    if (!this.#isKept) return this.#show(entries, isLast);
    if (this.#keptBytes + this.#pendingBytes > this.#limits.keptBytes) {
      this.#lose("full");
      return this.#show(entries, isLast);
    }
    this.#isFlushing = true;
    this.#keptBytes += this.#pendingBytes;
    this.#parts.store
      .append(entries, isLast)
      .catch((error: unknown) => this.#lose(error))
      .finally(() => {
        this.#isFlushing = false;
        this.#show(entries, isLast);
      });
  }

  get #sourceEnded(): boolean {
    return this.#cursor.atEnd;
  }

  get #hasNews(): boolean {
    return !this.#ended && (this.#cursor.seq > this.#nextSeq || this.#sourceEnded);
  }

  #take(): void {
    while (this.#pendingBytes < this.#limits.pendingBytes) {
      const entry = this.#cursor.takeEntry();
      if (entry === undefined) return;
      const { payload } = entry;
      const own = Buffer.isBuffer(payload) ? { ...entry, payload: Buffer.from(payload) } : entry;
      const bytes = entryBytes(own);
      this.#tail.push(own);
      this.#tailBytes += bytes;
      this.#pendingBytes += bytes;
    }
  }

  #show(entries: readonly LogEntry<Event>[], isLast: boolean): void {
    this.#nextSeq += entries.length;
    for (const entry of entries) this.#pendingBytes -= entryBytes(entry);
    this.#ended = isLast;
    for (const listener of this.#listeners) listener.published();
    this.#trim();
    if (isLast) {
      this.#cursor.close();
      return this.#parts.over();
    }
    // What the source held back, and what came while the store was at work.
    this.#take();
    if (!this.#hasNews) return;
    if (this.#sourceEnded || !this.#isKept) this.flush();
    else this.#parts.pace.want(this);
  }

  #lose(why: unknown): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    this.#parts.lost(why);
  }

  /** Behind the store nothing is needed but for readers that are about to read it. */
  #trim(): void {
    let count = 0;
    const limit = this.#listeners.length === 0 && this.#isKept ? 0 : this.#limits.tailBytes;
    for (const entry of this.#tail) {
      if (entry.seq >= this.#nextSeq || this.#tailBytes <= limit) break;
      this.#tailBytes -= entryBytes(entry);
      count += 1;
    }
    if (count > 0) this.#tail.splice(0, count);
  }
}
