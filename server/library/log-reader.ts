import type { Cursor, EventLog, LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** One reader of a response's log, for whoever waits for its events one by one. */
export class LogReader implements LogListener, Disposable {
  readonly #cursor: Cursor<CanonicalEvent>;
  #wake: (() => void) | null = null;

  constructor(log: EventLog<CanonicalEvent>) {
    this.#cursor = log.open(this);
  }

  published(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** The next event, as soon as there is one; null behind the last. One call at a time. */
  async next(): Promise<CanonicalEvent | null> {
    for (;;) {
      const event = this.#cursor.takeEvent();
      if (event !== undefined) return event;
      if (this.#cursor.atEnd) return null;
      if (this.#cursor.peek() !== undefined) {
        throw new Error("Cannot read the answer: it came in a provider's own words");
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  [Symbol.dispose](): void {
    this.#cursor.close();
    this.published();
  }
}
