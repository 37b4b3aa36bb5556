import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import type { AnswerContext, EventEncoder, StreamDecoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { noUsage } from "../canonical/usage.ts";
import type { FrameSink } from "../frame.ts";
import { AwsEventStreamReader } from "../framing/aws-event-stream-reader.ts";
import { AwsEventStreamScanner } from "../framing/aws-event-stream-scanner.ts";

/** The bytes of `fixtures/<name>`. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

export const context: AnswerContext = {
  id: "msg_bdrk_1",
  model: "alias",
  createdMs: 1_700_000_000_999,
  requestId: "req_1",
  streamUsage: true,
  timing: () => ({ firstTokenMs: 20, latencyMs: 900 }),
  region: () => "us-east-1",
};

export const usage: CanonicalEvent = {
  type: "usage",
  usage: { ...noUsage, input: 5, output: 7, cacheRead: 3 },
};

/** Pushes bytes in slices of one size; false when the framing was broken. */
export function pushSliced(bytes: Buffer, sink: FrameSink, sliceBytes = bytes.length): boolean {
  const scanner = new AwsEventStreamScanner();
  let isGood = true;
  for (let at = 0; at < bytes.length && isGood; at += sliceBytes) {
    isGood = scanner.push(bytes.subarray(at, at + sliceBytes), sink);
  }
  scanner.end();
  return isGood;
}

export interface Decoded {
  readonly events: readonly CanonicalEvent[];
  readonly skipped: number;
  readonly isGood: boolean;
}

export function decodeWith(
  make: (sink: { event(event: CanonicalEvent): void }) => StreamDecoder,
  bytes: Buffer,
  sliceBytes?: number,
): Decoded {
  const events: CanonicalEvent[] = [];
  const decoder = make({ event: (event) => events.push(event) });
  const isGood = pushSliced(bytes, decoder, sliceBytes);
  decoder.end();
  return { events, skipped: decoder.skipped, isGood };
}

/** One word per event: what a reader of the stream would be told. */
export function tell(event: CanonicalEvent): string {
  switch (event.type) {
    case "start":
      return `start ${event.model} ${event.upstreamId} ${event.createdMs}`;
    case "text":
    case "refusal":
      return `${event.type} ${event.text}`;
    case "reasoning":
      return `reasoning ${event.text} ${event.signature ?? event.redacted ?? "-"}`;
    case "toolStart":
      return `toolStart ${event.index} ${event.id} ${event.name}`;
    case "toolDelta":
      return `toolDelta ${event.index} ${event.arguments}`;
    case "toolEnd":
      return `toolEnd ${event.index}`;
    case "citation":
      return `citation ${JSON.stringify(event.citation).slice(0, 24)}`;
    case "usage": {
      const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = event.usage;
      return `usage ${input} ${output} ${cacheRead} ${cacheWrite5m} ${cacheWrite1h}`;
    }
    case "finish":
      return `finish ${event.reason}${event.stopSequence === null ? "" : ` ${event.stopSequence}`}`;
    case "error":
      return `error ${event.code}`;
    case "ping":
      return "ping";
  }
}

/** All that an encoder writes of these events. */
export const encodeAll = (encoder: EventEncoder, events: readonly CanonicalEvent[]): Buffer =>
  Buffer.concat(events.map((event) => Buffer.from(encoder.encode(event))));

/** Messages as `<name> <payload>`. */
export function messagesOf(bytes: Buffer): string[] {
  const messages: string[] = [];
  const reader = new AwsEventStreamReader();
  const isGood = pushSliced(bytes, {
    frame(frame, from, to) {
      const head = reader.read(frame, from, to);
      const payload = frame.toString("utf8", reader.payloadStart, reader.payloadEnd);
      messages.push(`${head?.kind === "exception" ? "! " : ""}${head?.name} ${payload}`);
    },
  });
  assert.ok(isGood);
  return messages;
}

/** The native events of each chunk. */
export const nativeOf = (bytes: Buffer): unknown[] =>
  messagesOf(bytes).map((message) => {
    const payload = /^chunk (\{.*\})$/.exec(message)?.[1];
    if (payload === undefined) return message;
    const { bytes: data } = JSON.parse(payload) as { bytes: string };
    return JSON.parse(Buffer.from(data, "base64").toString("utf8"));
  });
