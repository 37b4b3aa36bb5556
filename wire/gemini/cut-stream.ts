import { Buffer } from "node:buffer";

import type { StreamCut } from "../canonical/stream-cut.ts";
import { isObject } from "../field-rules.ts";
import { jsonOfEvent } from "../framing/json-of-event.ts";
import { sseJson } from "../framing/sse-event.ts";
import { writeFinishReason } from "./finish-reason.ts";

/** What ends a stream ahead of this chunk: one with a reason for every candidate. */
export function cutStream({ bytes, start, end, choices }: StreamCut): Buffer | null {
  const chunk = jsonOfEvent(bytes, start, end);
  if (!isObject(chunk)) return null;
  const content = { parts: [{ text: "" }], role: "model" };
  const finishReason = writeFinishReason("budget");
  const candidates = Array.from({ length: choices }, (_, index) => ({
    content,
    finishReason,
    index,
  }));
  return Buffer.from(sseJson(JSON.stringify({ ...chunk, candidates })));
}
