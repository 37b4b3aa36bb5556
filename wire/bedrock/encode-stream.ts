import { BlockSplitter, type BlockSink, type NewBlock } from "../anthropic/block-splitter.ts";
import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import type { JsonObject } from "../field-rules.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { writeCitation } from "./citation.ts";
import { encodeStreamError } from "./errors.ts";
import { messageEnd } from "./message-end.ts";
import { writeUsage } from "./usage.ts";

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

const eventOf = (type: string): AwsEventStreamMessage =>
  new AwsEventStreamMessage({
    ":event-type": type,
    ":content-type": "application/json",
    ":message-type": "event",
  });

const messages = {
  messageStart: eventOf("messageStart"),
  contentBlockStart: eventOf("contentBlockStart"),
  contentBlockDelta: eventOf("contentBlockDelta"),
  contentBlockStop: eventOf("contentBlockStop"),
  messageStop: eventOf("messageStop"),
  metadata: eventOf("metadata"),
} as const;

/** A message that says nothing: SDKs pass over events of a name that they do not know. */
export const heartbeatFrame: Buffer = eventOf("heartbeat").encode("{}");

/** Events as the messages of a Converse stream. */
export class ConverseStreamEncoder implements EventEncoder, BlockSink {
  readonly #context: Pick<AnswerContext, "timing">;
  readonly #splitter = new BlockSplitter(this);
  readonly #frames: Buffer[] = [];
  #started = false;
  /** Of the block at hand; the first will be 0. */
  #index = -1;
  /** Around the text of its deltas. */
  #prefix = "";
  #suffix = "";
  #hasCalls = false;
  #usage: Usage | null = null;

  constructor(context: Pick<AnswerContext, "timing">) {
    this.#context = context;
  }

  encode(event: CanonicalEvent): string | Buffer {
    switch (event.type) {
      case "start":
        this.#start();
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "ping":
        return heartbeatFrame;
      case "finish":
        this.#finish(event);
        break;
      case "error":
        return encodeStreamError(event.code, event.message, "converse");
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        this.#splitter.take(event);
    }
    return this.#taken();
  }

  open(block: NewBlock): void {
    this.#start();
    this.#index += 1;
    this.#prefix = `{"contentBlockIndex":${this.#index},"delta":{`;
    this.#suffix = "}}";
    switch (block.kind) {
      case "text":
        this.#prefix += '"text":';
        return;
      case "thinking":
        this.#prefix += '"reasoningContent":{"text":';
        this.#suffix = "}}}";
        return;
      case "redacted":
        return this.#delta({ reasoningContent: { redactedContent: block.data } });
      case "tool":
        return this.#openCall(block);
    }
  }

  say(text: string): void {
    const payload = this.#prefix + JSON.stringify(text) + this.#suffix;
    this.#frames.push(messages.contentBlockDelta.encode(payload));
  }

  sign(signature: string): void {
    this.#delta({ reasoningContent: { signature } });
  }

  cite(citation: JsonObject): void {
    const written = writeCitation(citation);
    if (written !== null) this.#delta({ citation: written });
  }

  close(): void {
    this.#frames.push(messages.contentBlockStop.encode(`{"contentBlockIndex":${this.#index}}`));
  }

  #openCall({ id, name }: Extract<NewBlock, { kind: "tool" }>): void {
    this.#hasCalls = true;
    const start = { start: { toolUse: { toolUseId: id, name } }, contentBlockIndex: this.#index };
    this.#frames.push(messages.contentBlockStart.encode(JSON.stringify(start)));
    this.#prefix += '"toolUse":{"input":';
    this.#suffix = "}}}";
  }

  #delta(delta: object): void {
    const payload = JSON.stringify({ contentBlockIndex: this.#index, delta });
    this.#frames.push(messages.contentBlockDelta.encode(payload));
  }

  /** Also of an answer whose first event says something already. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#frames.push(messages.messageStart.encode('{"role":"assistant"}'));
  }

  /** Where no usage is known none is made up: clients can do without this one message. */
  #finish({ reason, stopSequence }: EventOf<"finish">): void {
    this.#start();
    this.#splitter.end();
    const end = messageEnd({ reason, stopSequence, hasCalls: this.#hasCalls });
    this.#frames.push(messages.messageStop.encode(JSON.stringify(end)));
    if (this.#usage === null) return;
    const { latencyMs } = this.#context.timing();
    const metadata = { usage: writeUsage(this.#usage), metrics: { latencyMs } };
    this.#frames.push(messages.metadata.encode(JSON.stringify(metadata)));
  }

  /** Nearly every event is one frame or none. */
  #taken(): string | Buffer {
    const [first] = this.#frames;
    if (first === undefined) return "";
    const all = this.#frames.length === 1 ? first : Buffer.concat(this.#frames);
    this.#frames.length = 0;
    return all;
  }
}
