import type { EntryLog, EntryWatcher } from "./entry-reader.ts";
import type { Cursor, EventLog, LogListener, Onward } from "./event-log.ts";
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
  /** What waits for the slowest reader once nothing more is kept; above it the same. */
  readonly unreadBytes: number;
  /** What a log may have in the store; beyond it nothing is kept, and nobody can come back. */
  readonly keptBytes: number;
}

export const defaultRecordedLogLimits: RecordedLogLimits = {
  tailBytes: 16 * 1_024,
  pendingBytes: 32 * 1_024,
  unreadBytes: 64 * 1_024,
  keptBytes: 8 * 1_048_576,
};

export interface RecordedLogParts<Event> {
  readonly store: EntryStore<Event>;
  readonly pace: FlushPace;
  readonly limits?: RecordedLogLimits;
  /** Entries will be missing in the store: `full` at the bound, else what the store threw. */
  readonly lost: (why: unknown) => void;
  /** After `lost`: nobody reads what there is in the store any more. */
  readonly unneeded: () => void;
  /** Everything was kept, or never will be: nobody is told of entries any more. */
  readonly over: () => void;
  /** Will somebody be handed everything? Absent: whoever watches is. */
  readonly isRead?: () => boolean;
}

/**
 * A log that outlives its reader and its process: entries of the source are kept in a store before
 * anybody reads them (STR-2). The first of them and the last are written at once, the others at
 * the pace's tick. Readers that keep up read from memory, others from the store: none of them
 * holds memory of the log, and none of them pauses the producer.
 *
 * Where the store fails, or is full, the answer goes on without it, and `isKept` turns false: who
 * is behind reads on from the store, then from memory, and pauses the producer as a reader of an
 * `EventLog` does. Nobody who reads at that moment loses an entry.
 */
export class RecordedLog<Event> implements EntryLog<Event>, LogListener, Flushed, Onward {
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
  /** Entries below are in the store; Infinity while all of them are. */
  #keptEnd = Infinity;
  #isNeeded = true;
  #isPlanned = false;
  #watchers: readonly EntryWatcher[] = [];
  /** As far as the furthest of those who have left. */
  #leftSeq = 0;
  /** By kind, one after the last entry that was taken. */
  readonly #ends: number[] = [];
  /** Where the source counts as well. */
  readonly #tell: (heldBytes: number) => void;

  constructor(source: EventLog<Event>, parts: RecordedLogParts<Event>) {
    this.#parts = parts;
    this.#tell = source.room.share();
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
    return this.#keptEnd === Infinity;
  }

  get readers(): number {
    return this.#watchers.length;
  }

  /** Its readers stand for it, and not itself. */
  get onward(): Onward {
    return this;
  }

  get isRead(): boolean {
    return this.#parts.isRead?.() ?? this.#watchers.length > 0;
  }

  get handedSeq(): number {
    return this.#watchers.reduce((most, each) => Math.max(most, handedTo(each)), this.#leftSeq);
  }

  endOf(kind: number): number {
    return this.#ends[kind] ?? 0;
  }

  /** Somebody who has read what is kept, elsewhere, leaves: nobody here knows how far it came. */
  leftElsewhere(): void {
    this.#leftSeq = this.#nextSeq;
  }

  /** In memory, kept or not. */
  get heldBytes(): number {
    return this.#tailBytes;
  }

  page(seq: number): readonly LogEntry<Event>[] {
    // Who asks has read what stands before: there may be room for more.
    if (!this.isKept) this.#planAdvance();
    const first = this.#tail[0]?.seq ?? this.#nextSeq;
    if (seq >= first) return this.#tail.slice(seq - first, this.#nextSeq - first);
    return this.#parts.store.read(seq).filter((entry) => entry.seq < this.#nextSeq);
  }

  watch(watcher: EntryWatcher): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => {
      this.#leftSeq = Math.max(this.#leftSeq, handedTo(watcher));
      this.#watchers = this.#watchers.filter((each) => each !== watcher);
      if (!this.isKept) this.#planAdvance();
    };
  }

  /** The source has grown or ended. */
  published(): void {
    const isFirst = this.#nextSeq === 0;
    this.#take();
    if (!this.#hasNews || this.#isFlushing) return;
    if (isFirst || this.#isUrgent) this.flush();
    else this.#parts.pace.want(this);
  }

  /** Keeps what was taken so far, then shows it to the readers. */
  flush(): void {
    if (this.#isFlushing || !this.#hasNews) return;
    const from = this.#nextSeq - (this.#tail[0]?.seq ?? this.#nextSeq);
    const entries = this.#tail.slice(from);
    const isLast = this.#sourceEnded;
    if (!this.isKept) return this.#show(entries, isLast);
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

  /** Nothing is won by waiting for the pace: with no room left the producer would wait as well. */
  get #isUrgent(): boolean {
    return this.#sourceEnded || !this.isKept || !this.#hasRoom;
  }

  get #hasNews(): boolean {
    return !this.#ended && (this.#cursor.seq > this.#nextSeq || this.#sourceEnded);
  }

  /** What is kept nowhere else waits in memory until the slowest reader has it. */
  get #hasRoom(): boolean {
    const { pendingBytes, unreadBytes } = this.#limits;
    return this.isKept ? this.#pendingBytes < pendingBytes : this.#tailBytes < unreadBytes;
  }

  #take(): void {
    while (this.#hasRoom) {
      const entry = this.#cursor.takeEntry();
      if (entry === undefined) break;
      const { payload } = entry;
      const own = Buffer.isBuffer(payload) ? { ...entry, payload: Buffer.from(payload) } : entry;
      const bytes = entryBytes(own);
      this.#tail.push(own);
      this.#ends[own.kind] = own.seq + 1;
      this.#tailBytes += bytes;
      this.#pendingBytes += bytes;
    }
    this.#count();
  }

  /** What is left of it behind its end goes with its readers. */
  #count(): void {
    this.#tell(this.#ended ? 0 : this.#tailBytes);
  }

  #show(entries: readonly LogEntry<Event>[], isLast: boolean): void {
    this.#nextSeq += entries.length;
    for (const entry of entries) this.#pendingBytes -= entryBytes(entry);
    this.#ended = isLast;
    for (const watcher of this.#watchers) watcher.published();
    this.#trim();
    if (isLast) {
      this.#cursor.close();
      return this.#parts.over();
    }
    // What the source held back, and what came while the store was at work.
    this.#advance();
  }

  #advance(): void {
    this.#take();
    if (!this.#hasNews) return;
    if (this.#isUrgent) this.flush();
    else this.#parts.pace.want(this);
  }

  /** Behind whoever reads now: it is in the midst of writing what it was given. */
  #planAdvance(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      this.#trim();
      if (!this.#ended) this.#advance();
    });
  }

  #lose(why: unknown): void {
    if (!this.isKept) return;
    // What is shown was kept before.
    this.#keptEnd = this.#nextSeq;
    this.#parts.lost(why);
  }

  get #slowestSeq(): number {
    return Math.min(this.#nextSeq, ...this.#watchers.map(({ seq }) => seq));
  }

  /**
   * Behind the store nothing is needed but for readers that are about to read it. What is not in
   * the store is needed by whoever has not got it, and by who is about to come.
   */
  #trim(): void {
    this.#leaveStore();
    const isRead = this.#watchers.length > 0;
    const end = isRead ? Math.max(this.#slowestSeq, this.#keptEnd) : Infinity;
    const limit = isRead === this.isKept ? this.#limits.tailBytes : 0;
    let count = 0;
    for (const { seq, ...entry } of this.#tail) {
      if (seq >= this.#nextSeq || seq >= end || this.#tailBytes <= limit) break;
      this.#tailBytes -= entryBytes(entry);
      count += 1;
    }
    if (count > 0) this.#tail.splice(0, count);
    this.#count();
  }

  #leaveStore(): void {
    if (this.isKept || !this.#isNeeded || this.#slowestSeq < this.#keptEnd) return;
    this.#isNeeded = false;
    this.#parts.unneeded();
  }
}

/** Who waits for the end alone is handed nothing. */
const handedTo = ({ seq }: EntryWatcher): number => (Number.isFinite(seq) ? seq : 0);
