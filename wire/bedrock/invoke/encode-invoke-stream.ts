import { Buffer } from "node:buffer";

import { MessageStreamEncoder } from "../../anthropic/encode-stream.ts";
import type { AnswerContext, EventEncoder } from "../../canonical/codec.ts";
import type { CanonicalEvent } from "../../canonical/event.ts";
import type { Usage } from "../../canonical/usage.ts";
import { writeChunk } from "./chunk-payload.ts";
import { heartbeatFrame } from "../encode-stream.ts";
import { encodeStreamError } from "../errors.ts";
import { withMetrics } from "./invocation-metrics.ts";

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
    // What Bedrock counts stands in the very last event.
    if (event.type === "finish") {
      events.push(withMetrics(events.pop() ?? "{}", this.#usage, this.#context.timing()));
    }
    const encoded = events.map(writeChunk);
    return encoded.length === 1 ? (encoded[0] ?? "") : Buffer.concat(encoded);
  }
}

/** The JSON of each frame: it stands on one line. */
function nativeEvents(frames: string): string[] {
  return frames
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => frame.slice(frame.indexOf(dataField) + dataField.length));
}
