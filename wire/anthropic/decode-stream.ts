import type { EventSink, StreamDecoder } from "../canonical/codec.ts";
import type { ProviderFault } from "../canonical/provider-fault.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { parseSseEvent } from "../framing/sse-event.ts";
import { MessageReader } from "./message-reader.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { cutAnswer, malformedAnswer } from "./retryable.data.ts";

/** A provider's stream as events, for readers of another dialect. */
export class MessageStreamDecoder implements StreamDecoder {
  readonly #sink: EventSink;
  readonly #message: MessageReader;
  #skipped = 0;
  #understood = 0;
  #isOver = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#message = new MessageReader(sink);
  }

  get promptUsage(): Usage | null {
    return this.#message.promptUsage;
  }

  get skipped(): number {
    return this.#skipped;
  }

  frame(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const event = parseSseEvent(bytes, start, end);
    if (event === null) return;
    const json = parse(event.data);
    const type = isObject(json) && typeof json["type"] === "string" ? json["type"] : event.event;
    if (type === "error" || event.event === "error") {
      return this.#fail(readErrorObject(findError(json) ?? {}));
    }
    if (!isObject(json)) this.#skipped += 1;
    else if (type === "message_stop") this.#complete();
    else if (this.#read(type ?? "", json)) this.#understood += 1;
    else this.#skipped += 1;
  }

  end(): void {
    if (this.#isOver) return;
    this.#fail(silentFault(this.#understood === 0 ? malformedAnswer : cutAnswer));
  }

  /** A stop without a reason is a false one (WIR-5). */
  #complete(): void {
    const { reason } = this.#message;
    if (reason === null) return this.end();
    this.#isOver = true;
    this.#message.finish(reason);
  }

  /** False when it was not understood. Events of an unknown type are: they may be extensions. */
  #read(type: string, json: JsonObject): boolean {
    switch (type) {
      case "message_start": {
        const { message } = json;
        if (isObject(message)) this.#message.start(message);
        return isObject(message);
      }
      case "content_block_start": {
        const { index, content_block: block } = json;
        return isObject(block) && this.#message.blocks.start(index, block);
      }
      case "content_block_delta": {
        const { index, delta } = json;
        return isObject(delta) && this.#message.blocks.delta(index, delta);
      }
      case "content_block_stop":
        this.#message.blocks.stop(json["index"]);
        return true;
      case "message_delta": {
        const { delta, usage } = json;
        this.#message.close(isObject(delta) ? delta : {}, usage);
        return isObject(delta);
      }
      case "ping":
        this.#sink.event({ type: "ping" });
        return true;
      default:
        return type !== "";
    }
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
