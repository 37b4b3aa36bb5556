import { Buffer } from "node:buffer";

import { eventsOfCut } from "../../anthropic/cut-stream.ts";
import type { StreamCut } from "../../canonical/stream-cut.ts";
import { AwsEventStreamReader } from "../../framing/aws-event-stream-reader.ts";
import { jsonOf } from "../../framing/json-of.ts";
import { usualHeads } from "../usual-frames/usual-heads.ts";
import { eventOf, readChunk, writeChunk } from "./chunk-payload.ts";

/** What ends a native stream of Claude's ahead of this message; of other families nobody knows. */
export function cutInvokeStream({ bytes, start, end, outputTokens }: StreamCut): Buffer | null {
  const reader = new AwsEventStreamReader(usualHeads);
  if (reader.read(bytes, start, end)?.name !== "chunk") return null;
  const frame = readChunk(bytes, reader.payloadStart, reader.payloadEnd);
  const events = frame === null ? null : eventsOfCut(jsonOf(eventOf(frame)), outputTokens);
  if (events === null) return null;
  return Buffer.concat(events.map((each) => writeChunk(JSON.stringify(each))));
}
