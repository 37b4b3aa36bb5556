import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Choice } from "@sekisho/gateway/choice.ts";
import type { OnceCall } from "@sekisho/gateway/calls/once-calls.ts";
import { completionIn, failureIn, notKept } from "@sekisho/gateway/responses/found-end.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { EntryReader } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { errorOf, leftEarly } from "./call-error.ts";
import type { LibraryCall } from "./library-call.ts";

/**
 * A call that others may be given the answer of, or that is given another's: it reads the record
 * from its beginning, and who leaves does not end what others may come back to (STR-6).
 */
export class FoundCall implements LibraryCall, LogListener {
  readonly requestId: string;
  readonly firstRequestId: string | null;
  readonly choice: Choice | null;
  readonly #id: string;
  readonly #found: FoundStream;
  readonly #isRepeated: boolean;
  readonly #signal: AbortSignal | null;
  readonly #reader: EntryReader<CanonicalEvent>;
  readonly #leave: () => void;
  #wake: (() => void) | null = null;

  constructor({ call, answer, isRepeated }: OnceCall, signal: AbortSignal | null) {
    this.requestId = `req_${call.id}`;
    this.firstRequestId = isRepeated ? `req_${answer.head.id}` : null;
    this.choice = call.choice;
    this.#id = call.id;
    this.#found = answer;
    this.#isRepeated = isRepeated;
    this.#signal = signal;
    this.#leave = answer.attach();
    this.#reader = new EntryReader(answer.log, this, 0);
    signal?.addEventListener("abort", this.#aborted, { once: true });
  }

  published(): void {
    this.#wake?.();
    this.#wake = null;
  }

  /** One call at a time. */
  async next(): Promise<CanonicalEvent | null> {
    for (;;) {
      if (this.#signal?.aborted === true) throw errorOf(leftEarly(), this.#id, this.#signal);
      const entry = this.#reader.take();
      if (entry !== undefined) return this.#eventOf(entry.payload);
      if (this.#reader.isLost) throw errorOf(notKept(), this.#id, null);
      if (this.#reader.atEnd) return this.#end();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  completion(): Completion {
    const { end, served } = this.#found;
    if (end === null || served === null) throw errorOf(notKept(), this.#id, null);
    return { ...completionIn(end, this.#isRepeated), served };
  }

  [Symbol.dispose](): void {
    this.#signal?.removeEventListener("abort", this.#aborted);
    this.#reader.close();
    this.#leave();
  }

  readonly #aborted = (): void => this.published();

  #eventOf(payload: CanonicalEvent | Buffer): CanonicalEvent {
    if (Buffer.isBuffer(payload)) {
      throw new Error("Cannot read the answer: it came in a provider's own words");
    }
    if (payload.type !== "error") return payload;
    const failure = failureIn(this.#found, payload);
    if (failure !== null) throw errorOf(failure, this.#id, null);
    return payload;
  }

  /** What somebody has stopped after its first words is a failure here as well. */
  #end(): null {
    const failure = failureIn(this.#found);
    if (failure !== null) throw errorOf(failure, this.#id, null);
    return null;
  }
}
