import { BlockSplitter, type BlockSink, type NewBlock } from "../anthropic/block-splitter.ts";
import type { AnswerContext, AnswerTiming, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import type { JsonObject } from "../field-rules.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { writeCitation } from "./citation.ts";
import { encodeStreamError, type StreamSurface } from "./errors.ts";
import { messageEnd, type AnswerEnd } from "./message-end.ts";
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

export type StreamEventName = keyof typeof messages;

/** How the events of a Converse stream leave: on their own, or inside of others. */
export interface StreamEnvelope {
  readonly surface: StreamSurface;
  message(name: StreamEventName, payload: string): Buffer;
  /** From `messageStop` on. */
  end(end: AnswerEnd, usage: Usage | null, timing: AnswerTiming): readonly Buffer[];
}

const bare: StreamEnvelope = {
  surface: "converse",
  message: (name, payload) => messages[name].encode(payload),
  end(end, usage, { latencyMs }) {
    const stop = messages.messageStop.encode(JSON.stringify(messageEnd(end)));
    // Where no usage is known none is made up: clients can do without this one message.
    if (usage === null) return [stop];
    const metadata = { usage: writeUsage(usage), metrics: { latencyMs } };
    return [stop, messages.metadata.encode(JSON.stringify(metadata))];
  },
};

/** Events as the messages of a Converse stream. */
export class ConverseStreamEncoder implements EventEncoder, BlockSink {
  readonly #context: Pick<AnswerContext, "timing">;
  readonly #envelope: StreamEnvelope;
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

  constructor(context: Pick<AnswerContext, "timing">, envelope: StreamEnvelope = bare) {
    this.#context = context;
    this.#envelope = envelope;
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
        return encodeStreamError(event.code, event.message, this.#envelope.surface);
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
    this.#push("contentBlockDelta", this.#prefix + JSON.stringify(text) + this.#suffix);
  }

  sign(signature: string): void {
    this.#delta({ reasoningContent: { signature } });
  }

  cite(citation: JsonObject): void {
    const written = writeCitation(citation);
    if (written !== null) this.#delta({ citation: written });
  }

  close(): void {
    this.#push("contentBlockStop", `{"contentBlockIndex":${this.#index}}`);
  }

  #openCall({ id, name }: Extract<NewBlock, { kind: "tool" }>): void {
    this.#hasCalls = true;
    const start = { start: { toolUse: { toolUseId: id, name } }, contentBlockIndex: this.#index };
    this.#push("contentBlockStart", JSON.stringify(start));
    this.#prefix += '"toolUse":{"input":';
    this.#suffix = "}}}";
  }

  #delta(delta: object): void {
    this.#push("contentBlockDelta", JSON.stringify({ contentBlockIndex: this.#index, delta }));
  }

  /** Also of an answer whose first event says something already. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#push("messageStart", '{"role":"assistant"}');
  }

  #finish({ reason, stopSequence }: EventOf<"finish">): void {
    this.#start();
    this.#splitter.end();
    const end = { reason, stopSequence, hasCalls: this.#hasCalls };
    this.#frames.push(...this.#envelope.end(end, this.#usage, this.#context.timing()));
  }

  #push(name: StreamEventName, payload: string): void {
    this.#frames.push(this.#envelope.message(name, payload));
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
