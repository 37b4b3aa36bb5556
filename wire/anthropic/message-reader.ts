import type { EventSink } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { BlockReader } from "./block-reader.ts";
import { readStopReason } from "./finish-reason.ts";
import { UsageTally } from "./usage.ts";

/** What an answer of this dialect says, streamed or whole, as events. Its end waits for the end. */
export class MessageReader {
  readonly #blocks: BlockReader;
  readonly #sink: EventSink;
  readonly #usage = new UsageTally();
  #started = false;
  #reason: FinishReason | null = null;
  #stopSequence: string | null = null;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#blocks = new BlockReader(sink);
  }

  /** Null until the answer said why it ended. */
  get reason(): FinishReason | null {
    return this.#reason;
  }

  /** As `StreamDecoder.promptUsage`. */
  get promptUsage(): Usage | null {
    return this.#usage.promptUsage;
  }

  /** For its content: an answer starts before it says anything. */
  get blocks(): BlockReader {
    if (!this.#started) this.start({});
    return this.#blocks;
  }

  /** The message as far as it is known when it begins. */
  start({ id, model, usage }: JsonObject): void {
    this.#usage.add(usage);
    if (this.#started) return;
    this.#started = true;
    this.#sink.event({
      type: "start",
      model: typeof model === "string" ? model : "",
      upstreamId: typeof id === "string" && id !== "" ? id : null,
      createdMs: null,
    });
  }

  /** What is known of the message when its content is over. */
  close(end: JsonObject, usage: unknown): void {
    const { stop_reason: reason, stop_sequence: sequence } = end;
    this.#reason = readStopReason(reason) ?? this.#reason;
    if (typeof sequence === "string") this.#stopSequence = sequence;
    this.#usage.add(usage);
  }

  /** Says what is left to say of a complete answer. */
  finish(reason: FinishReason): void {
    this.#blocks.end();
    const { usage } = this.#usage;
    if (usage !== null) this.#sink.event({ type: "usage", usage });
    this.#sink.event({ type: "finish", reason, stopSequence: this.#stopSequence });
  }

  /** Reads a whole message. */
  whole(message: JsonObject): void {
    this.start(message);
    const content: unknown[] = Array.isArray(message["content"]) ? message["content"] : [];
    for (const [index, block] of content.entries()) {
      if (!isObject(block)) continue;
      this.#blocks.start(index, block);
      this.#blocks.stop(index);
    }
    this.close(message, null);
  }
}
