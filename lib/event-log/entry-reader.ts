import type { LogListener } from "./event-log.ts";
import type { LogEntry } from "./log-entry.ts";

/** Somebody who reads a log, and how far it has come. */
export interface EntryWatcher extends LogListener {
  /** Number of the next entry that it has not been given. */
  readonly seq: number;
}

/** A log that can be read from any place, as far as its entries are kept somewhere. */
export interface EntryLog<Event> {
  /** One after the last entry that may be read. */
  readonly nextSeq: number;
  /** Nothing follows `nextSeq`. */
  readonly ended: boolean;
  /** Some of the entries from `seq` on, in order; none where they are kept nowhere any more. */
  page(seq: number): readonly LogEntry<Event>[];
  /** Tells of new entries and of the end, until the returned function is called. */
  watch(watcher: EntryWatcher): () => void;
}

/** A place in a log that keeps nothing but a page: entries that were passed are never held. */
export class EntryReader<Event> implements EntryWatcher {
  readonly #log: EntryLog<Event>;
  readonly #listener: LogListener;
  readonly #unwatch: () => void;
  #page: readonly LogEntry<Event>[] = [];
  #at = 0;
  #seq: number;
  #isLost = false;
  #isOpen = true;

  constructor(log: EntryLog<Event>, listener: LogListener, seq: number) {
    this.#log = log;
    this.#listener = listener;
    this.#seq = seq;
    this.#unwatch = log.watch(this);
  }

  published(): void {
    this.#listener.published();
  }

  /** Number of the next entry to read. */
  get seq(): number {
    return this.#seq;
  }

  get atEnd(): boolean {
    return this.#log.ended && this.#seq >= this.#log.nextSeq;
  }

  /** The next entry is kept nowhere: this reader cannot go on. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** The next entry, undefined when there is none yet. */
  peek(): LogEntry<Event> | undefined {
    const known = this.#page[this.#at];
    if (known !== undefined) return known;
    if (this.#isLost || this.#seq >= this.#log.nextSeq) return undefined;
    this.#page = this.#log.page(this.#seq);
    this.#at = 0;
    this.#isLost = this.#page[0]?.seq !== this.#seq;
    return this.#isLost ? undefined : this.#page[0];
  }

  take(): LogEntry<Event> | undefined {
    const entry = this.peek();
    if (entry === undefined) return undefined;
    this.#at += 1;
    this.#seq += 1;
    // A page that was read to its end is not held while the reader waits.
    if (this.#at === this.#page.length) this.#page = [];
    return entry;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#page = [];
    this.#unwatch();
  }
}
