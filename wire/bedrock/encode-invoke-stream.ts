import { Buffer } from "node:buffer";

import { MessageStreamEncoder } from "../anthropic/encode-stream.ts";
import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { noUsage, type Usage } from "../canonical/usage.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { writeChunk } from "./chunk-payload.ts";
import { heartbeatFrame } from "./encode-stream.ts";
import { encodeStreamError } from "./errors.ts";
import { metricsMember, writeMetrics } from "./invocation-metrics.ts";

const chunk = new AwsEventStreamMessage({
  ":event-type": "chunk",
  ":content-type": "application/json",
  ":message-type": "event",
});

const dataField = "data: ";

/** Events as the messages of a native stream of Claude's. */
export class InvokeStreamEncoder implements EventEncoder {
  readonly #context: AnswerContext;
  readonly #message: MessageStreamEncoder;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#message = new MessageStreamEncoder(context);
  }

  encode(event: CanonicalEvent): string | Buffer {
    if (event.type === "error") return encodeStreamError(event.code, event.message, "invoke");
    if (event.type === "ping") return heartbeatFrame;
    if (event.type === "usage") this.#usage = event.usage;
    const frames = this.#message.encode(event);
    if (frames === "") return "";
    const events = nativeEvents(frames);
    if (event.type === "finish") this.#addMetrics(events);
    const encoded = events.map((json) => chunk.encode(writeChunk(json)));
    return encoded.length === 1 ? (encoded[0] ?? "") : Buffer.concat(encoded);
  }

  /** What Bedrock counts stands in the very last event. */
  #addMetrics(events: string[]): void {
    const last = events.pop() ?? "{}";
    const metrics = writeMetrics(this.#usage ?? noUsage, this.#context.timing());
    const member = JSON.stringify({ [metricsMember]: metrics });
    events.push(`${last.slice(0, -1)},${member.slice(1)}`);
  }
}

/** The JSON of each frame: it stands on one line. */
function nativeEvents(frames: string): string[] {
  return frames
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => frame.slice(frame.indexOf(dataField) + dataField.length));
}
