import type { EventSink, StreamDecoder } from "../canonical/codec.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject } from "../field-rules.ts";
import { parseSseEvent } from "../framing/sse-event.ts";
import { AnswerReader } from "./answer-reader.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer, unknownFault } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

/** A provider's stream as events, for readers of another dialect. */
export class GenerateStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #answer: AnswerReader;
  #skipped = 0;
  #understood = 0;
  #isOver = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#answer = new AnswerReader(sink);
  }

  get promptUsage(): Usage | null {
    return this.#answer.promptUsage;
  }

  get countedTokens(): number {
    return this.#answer.countedTokens;
  }

  get skipped(): number {
    return this.#skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return;
    const json = parse(event.data);
    const error = findError(json);
    if (error !== null) return this.#fail(readErrorObject(error));
    if (!isObject(json) || !this.#answer.read(json)) {
      this.#skipped += 1;
      return;
    }
    this.#understood += 1;
    // No event of its own ends a stream: it is the chunk that says why, with the usage.
    if (this.#answer.reason !== null && readUsage(json["usageMetadata"]) !== null) this.end();
  }

  end(): void {
    if (this.#isOver) return;
    const { reason } = this.#answer;
    if (reason === "error") return this.#fail(silentFault(unknownFault));
    if (reason === null) {
      return this.#fail(silentFault(this.#understood === 0 ? malformedAnswer : cutAnswer));
    }
    this.#isOver = true;
    this.#answer.finish(reason);
  }

  #fail({ code, message, retryAfterMs }: ProviderFault): void {
    this.#isOver = true;
    this.#sink.event({ type: "error", code, message, retryAfterMs });
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
