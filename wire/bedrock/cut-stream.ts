import { Buffer } from "node:buffer";

import type { StreamCut } from "../canonical/stream-cut.ts";
import { isObject } from "../field-rules.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { AwsEventStreamReader } from "../framing/aws-event-stream-reader.ts";
import { jsonOf } from "../framing/json-of.ts";
import { messageEnd } from "./message-end.ts";
import { usualHeaders, usualHeads } from "./usual-frames/usual-heads.ts";

const blockStop = new AwsEventStreamMessage(usualHeaders("contentBlockStop"));
const messageStop = new AwsEventStreamMessage(usualHeaders("messageStop"));

/** What ends a Converse stream ahead of this message. */
export function cutStream({ bytes, start, end }: StreamCut): Buffer | null {
  const reader = new AwsEventStreamReader(usualHeads);
  const name = reader.read(bytes, start, end)?.name;
  const content = jsonOf(bytes.subarray(reader.payloadStart, reader.payloadEnd));
  if (!isObject(content)) return null;
  const ended = messageStop.encode(
    JSON.stringify(messageEnd({ reason: "budget", stopSequence: null, hasCalls: false })),
  );
  // A block that begins is not passed on: the one before it is closed.
  if (name !== "contentBlockDelta") return ended;
  const { contentBlockIndex } = content;
  return Buffer.concat([blockStop.encode(JSON.stringify({ contentBlockIndex })), ended]);
}
