import { readFileSync } from "node:fs";

import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { SseScanner } from "../framing/sse-scanner.ts";
import { GenerateStreamDecoder } from "./decode-stream.ts";

/** The bytes of `fixtures/<name>`. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

export const context: AnswerContext = {
  id: "0abc",
  model: "alias",
  createdMs: 1_700_000_000_999,
  requestId: "req_1",
  streamUsage: true,
  timing: () => ({ firstTokenMs: 20, latencyMs: 900 }),
  region: () => "us-east-1",
};

export interface Decoded {
  readonly events: readonly CanonicalEvent[];
  readonly skipped: number;
}

/** What a stream in slices of so many bytes says. */
export function decode(bytes: Buffer, sliceBytes = Math.max(1, bytes.length)): Decoded {
  const events: CanonicalEvent[] = [];
  const decoder = new GenerateStreamDecoder({ event: (event) => events.push(event) });
  const scanner = new SseScanner();
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    scanner.push(bytes.subarray(at, at + sliceBytes), decoder);
  }
  scanner.end(decoder);
  decoder.end();
  return { events, skipped: decoder.skipped };
}

export const encodeAll = (encoder: EventEncoder, events: readonly CanonicalEvent[]): Buffer =>
  Buffer.concat(events.map((event) => Buffer.from(encoder.encode(event))));

/** One line per event: what a reader of the stream would be told. */
export function tell(event: CanonicalEvent): string {
  switch (event.type) {
    case "start":
      return `start ${event.model} ${event.upstreamId}`;
    case "reasoning":
      return `reasoning ${event.text}|${event.signature ?? ""}|${event.redacted ?? ""}`;
    case "toolStart":
      return `toolStart ${event.index} ${event.id} ${event.name}`;
    case "toolDelta":
      return `toolDelta ${event.index} ${event.arguments}`;
    case "toolEnd":
      return `toolEnd ${event.index}`;
    case "usage": {
      const { input, output, cacheRead, reasoning } = event.usage;
      return `usage ${input} ${output} ${cacheRead} ${reasoning}`;
    }
    case "finish":
      return `finish ${event.reason}`;
    case "error":
      return `error ${event.code} ${event.retryAfterMs}`;
    case "text":
    case "refusal":
      return `${event.type} ${event.text}`;
    case "citation":
    case "ping":
      return event.type;
  }
}
