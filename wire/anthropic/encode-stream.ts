import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import type { JsonObject } from "../field-rules.ts";
import { BlockSplitter, type BlockSink, type NewBlock } from "./block-splitter.ts";
import { encodeStreamError } from "./errors.ts";
import {
  closingUsage,
  messageHead,
  newBlock,
  noEnd,
  openingUsage,
  writeEnd,
} from "./message-words.ts";

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

/** A frame without a name is dropped by the SDK. */
const frame = (name: string, json: string): string => `event: ${name}\ndata: ${json}\n\n`;

/** An event that says nothing and that every client knows. */
export const pingFrame: string = frame("ping", '{"type":"ping"}');

/** What a block's text is called in its deltas. */
const deltaWords = {
  text: ["text_delta", "text"],
  thinking: ["thinking_delta", "thinking"],
  tool: ["input_json_delta", "partial_json"],
  // Its data comes with the block.
  redacted: ["text_delta", "text"],
} as const satisfies Record<NewBlock["kind"], readonly [type: string, member: string]>;

/** Events as the events of a message stream. */
export class MessageStreamEncoder implements EventEncoder, BlockSink {
  readonly #context: AnswerContext;
  readonly #splitter = new BlockSplitter(this);
  #frames = "";
  /** Of the block at hand; the first will be 0. */
  #index = -1;
  /** The start of its deltas, the same in each. */
  #prefix = "";
  #hasCalls = false;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  encode(event: CanonicalEvent): string {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "ping":
        return pingFrame;
      case "finish":
        return this.#finish(event);
      case "error":
        return encodeStreamError(event.code, event.message, this.#context.requestId);
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        this.#splitter.take(event);
        return this.#taken();
    }
  }

  open(block: NewBlock): void {
    this.#index += 1;
    this.#hasCalls ||= block.kind === "tool";
    const [type, member] = deltaWords[block.kind];
    this.#prefix = `${this.#delta}{"type":"${type}","${member}":`;
    const begun = JSON.stringify(newBlock(block));
    this.#frames += frame(
      "content_block_start",
      `{"type":"content_block_start","index":${this.#index},"content_block":${begun}}`,
    );
  }

  say(text: string): void {
    this.#frames += `${this.#prefix}${JSON.stringify(text)}}}\n\n`;
  }

  sign(signature: string): void {
    const json = JSON.stringify({ type: "signature_delta", signature });
    this.#frames += `${this.#delta}${json}}\n\n`;
  }

  cite(citation: JsonObject): void {
    const json = JSON.stringify({ type: "citations_delta", citation });
    this.#frames += `${this.#delta}${json}}\n\n`;
  }

  close(): void {
    const json = `{"type":"content_block_stop","index":${this.#index}}`;
    this.#frames += frame("content_block_stop", json);
  }

  get #delta(): string {
    return (
      `event: content_block_delta\n` +
      `data: {"type":"content_block_delta","index":${this.#index},"delta":`
    );
  }

  #taken(): string {
    const frames = this.#frames;
    this.#frames = "";
    return frames;
  }

  #start({ model }: EventOf<"start">): string {
    const message = {
      ...messageHead(model, this.#context),
      content: [],
      ...noEnd,
      diagnostics: null,
      usage: openingUsage,
    };
    return frame("message_start", JSON.stringify({ type: "message_start", message }));
  }

  #finish({ reason, stopSequence }: EventOf<"finish">): string {
    this.#splitter.end();
    const delta = writeEnd({ reason, stopSequence, hasCalls: this.#hasCalls });
    const usage = closingUsage(this.#usage);
    const closing = JSON.stringify({ type: "message_delta", delta, usage });
    return (
      this.#taken() +
      frame("message_delta", closing) +
      frame("message_stop", '{"type":"message_stop"}')
    );
  }
}
