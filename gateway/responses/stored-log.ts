import type { EntryLog, EntryWatcher } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Served } from "../answer.ts";
import type {
  StoredStream,
  StreamEnd,
  StreamEntry,
  StreamHead,
  StreamStore,
} from "./stream-store.ts";

/** How often is looked whether another process has written more. */
const lookMs = 100;

/**
 * A stream that this process does not make, as the store has it: one that is over, or one of
 * another process, which is followed while somebody reads it.
 */
export class StoredLog implements EntryLog<CanonicalEvent> {
  readonly #store: StreamStore;
  readonly #clock: Clock;
  #stored: StoredStream;
  #listeners: readonly LogListener[] = [];
  #timer: Timer | null = null;

  constructor(stored: StoredStream, store: StreamStore, clock: Clock) {
    this.#stored = stored;
    this.#store = store;
    this.#clock = clock;
  }

  get nextSeq(): number {
    return this.#stored.nextSeq;
  }

  get ended(): boolean {
    return this.#stored.endedMs !== null;
  }

  get head(): StreamHead {
    return this.#stored.head;
  }

  get epoch(): number {
    return this.#stored.epoch;
  }

  /** Itself, for who looks for a stream and not for its entries. */
  get log(): this {
    return this;
  }

  get end(): StreamEnd | null {
    return this.#stored.end;
  }

  /** Nothing is known of it here before it has ended. */
  get served(): Served | null {
    return this.end?.head?.served ?? null;
  }

  page(seq: number): readonly StreamEntry[] {
    return this.#store.read(this.#stored.head.id, seq).filter((entry) => entry.seq < this.nextSeq);
  }

  watch(listener: EntryWatcher): () => void {
    this.#listeners = [...this.#listeners, listener];
    this.#follow();
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
      if (this.#listeners.length > 0) return;
      this.#timer?.cancel();
      this.#timer = null;
    };
  }

  #follow(): void {
    if (this.ended || this.#timer !== null || this.#listeners.length === 0) return;
    this.#timer = this.#clock.after(lookMs, () => {
      this.#timer = null;
      const found = this.#store.find(this.#stored.head.id);
      const hasNews = found !== null && found.nextSeq > this.#stored.nextSeq;
      if (found !== null) this.#stored = found;
      if (hasNews || this.ended) for (const listener of this.#listeners) listener.published();
      this.#follow();
    });
  }
}
