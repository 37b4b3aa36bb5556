import { Buffer } from "node:buffer";

import type { StreamCut } from "../canonical/stream-cut.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { jsonOfEvent } from "../framing/json-of-event.ts";
import { writeStopReason } from "./finish-reason.ts";

/** An event of a message as its JSON says it. */
interface EndEvent extends JsonObject {
  readonly type: string;
}

/** The events that end a message ahead of this one of its content; null where it is none. */
export function eventsOfCut(content: unknown, outputTokens: number): readonly EndEvent[] | null {
  if (!isObject(content)) return null;
  const { type, index } = content;
  if (type !== "content_block_delta" && type !== "content_block_start") return null;
  const delta = { stop_reason: writeStopReason("budget", null), stop_sequence: null };
  return [
    // A block that begins is not passed on: the one before it is closed.
    ...(type === "content_block_delta" ? [{ type: "content_block_stop", index }] : []),
    { type: "message_delta", delta, usage: { output_tokens: outputTokens } },
    { type: "message_stop" },
  ];
}

/** What ends a message stream ahead of this frame. */
export function cutStream({ bytes, start, end, outputTokens }: StreamCut): Buffer | null {
  const content = jsonOfEvent(bytes, start, end);
  const events = eventsOfCut(content, outputTokens);
  if (events === null) return null;
  const frames = events.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`);
  return Buffer.from(frames.join(""));
}
