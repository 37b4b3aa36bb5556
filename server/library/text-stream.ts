import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { AnswerTally } from "./answer-tally.ts";
import type { CompletionResult, CompletionStream, StreamChunk } from "./completion.ts";
import type { LibraryCall } from "./library-call.ts";
import { SekishoError } from "./sekisho-error.ts";

type Next = IteratorResult<StreamChunk, CompletionResult>;

/** Reads a call from its first event to its result; whoever leaves early ends it. */
export async function* readAnswer(
  begin: () => Promise<LibraryCall>,
  clock: Clock,
): AsyncGenerator<StreamChunk, CompletionResult, void> {
  using call = await begin();
  const tally = new AnswerTally();
  for (let event = await call.next(); event !== null; event = await call.next()) {
    const chunk = tally.add(event, clock.wallMs());
    if (chunk !== null) yield chunk;
  }
  return tally.result(call.completion(), call);
}

/** The same, and its result for those who iterate by `for await`, which drops it. */
export class TextStream implements CompletionStream {
  readonly #chunks: AsyncGenerator<StreamChunk, CompletionResult, void>;
  readonly #result = Promise.withResolvers<CompletionResult>();
  #isRead = false;

  constructor(chunks: AsyncGenerator<StreamChunk, CompletionResult, void>) {
    this.#chunks = chunks;
    // Who iterates learns of a failure there, and may never ask here.
    this.#result.promise.catch(() => {});
  }

  get result(): Promise<CompletionResult> {
    if (!this.#isRead) void this.#readToEnd();
    return this.#result.promise;
  }

  async next(): Promise<Next> {
    this.#isRead = true;
    return this.#step(this.#chunks.next());
  }

  async return(value: CompletionResult | PromiseLike<CompletionResult>): Promise<Next> {
    this.#isRead = true;
    const step = await this.#chunks.return(value);
    this.#result.reject(leftEarly());
    return step;
  }

  async throw(error: unknown): Promise<Next> {
    this.#isRead = true;
    return this.#step(this.#chunks.throw(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks[Symbol.asyncDispose]();
    this.#result.reject(leftEarly());
  }

  async #step(stepping: Promise<Next>): Promise<Next> {
    try {
      const step = await stepping;
      // Behind the end there is nothing more to say, also not that it was left early.
      if (step.done === true) this.#result.resolve(step.value);
      return step;
    } catch (error) {
      this.#result.reject(error);
      throw error;
    }
  }

  async #readToEnd(): Promise<void> {
    try {
      for (let step = await this.next(); step.done !== true; step = await this.next());
    } catch {
      // Told by the result.
    }
  }
}

const leftEarly = (): SekishoError => {
  const message = "Cannot sum the answer up: its reader left before the end";
  return new SekishoError(new Failure<Code>("client_closed", message), null);
};
