import { Buffer } from "node:buffer";

import type { StreamCut } from "../canonical/stream-cut.ts";
import { isObject } from "../field-rules.ts";
import { jsonOfEvent } from "../framing/json-of-event.ts";
import { sseJson } from "../framing/sse-event.ts";
import { writeFinishReason } from "./finish-reason.ts";

const doneFrame = "data: [DONE]\n\n";

/** What ends a stream of chunks ahead of this one: a reason for every choice. */
export function cutStream({ bytes, start, end, choices }: StreamCut): Buffer | null {
  const chunk = jsonOfEvent(bytes, start, end);
  if (!isObject(chunk)) return null;
  const finishReason = writeFinishReason("budget", false);
  const ends = Array.from({ length: choices }, (_, index) => {
    const choice = { index, delta: {}, finish_reason: finishReason };
    // What the chunks of a stream have in common, but for usage: that would be of the whole.
    return sseJson(JSON.stringify({ ...chunk, choices: [choice], usage: undefined }));
  });
  return Buffer.from(ends.join("") + doneFrame);
}
