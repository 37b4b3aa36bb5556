import { Buffer } from "node:buffer";

import { isObject } from "../../field-rules.ts";
import { AwsEventStreamMessage } from "../../framing/aws-event-stream-message.ts";
import { sameBytes } from "../../framing/same-bytes.ts";

const usualStart = Buffer.from('{"bytes":"');
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;

const dataField = "data: ";
const lineEnds = 2;

/**
 * The native event in the payload of a `chunk`, as the frame of an event stream over HTTP: so its
 * maker's readers take it. Null when there is none.
 */
export function readChunk(bytes: Buffer, start: number, end: number): Buffer | null {
  const from = start + usualStart.length;
  // Nothing is escaped in base64, so the first quote is the end.
  const to = sameBytes(bytes, start, usualStart) ? bytes.indexOf(quote, from) : -1;
  if (to !== -1 && to < end) return asFrame(bytes.toString("latin1", from, to));
  const data = dataOf(bytes.toString("utf8", start, end));
  return data === null ? null : asFrame(data);
}

function asFrame(base64: string): Buffer {
  const room = Math.ceil((base64.length * 3) / 4) + dataField.length + lineEnds;
  const frame = Buffer.allocUnsafe(room);
  let length = frame.write(dataField, 0, "latin1");
  length += frame.write(base64, length, "base64");
  blankLineBreaks(frame.subarray(dataField.length, length));
  frame[length] = lineFeed;
  frame[length + 1] = lineFeed;
  return frame.subarray(0, length + lineEnds);
}

/** A line break in JSON stands between its tokens, where a blank says the same on one line. */
function blankLineBreaks(json: Buffer): void {
  for (const lineBreak of [lineFeed, carriageReturn]) {
    for (let at = json.indexOf(lineBreak); at !== -1; at = json.indexOf(lineBreak, at + 1)) {
      json[at] = blank;
    }
  }
}

function dataOf(payload: string): string | null {
  try {
    const json: unknown = JSON.parse(payload);
    const data = isObject(json) ? json["bytes"] : null;
    return typeof data === "string" ? data : null;
  } catch {
    return null;
  }
}

/** The event's own JSON in such a frame. */
export const eventOf = (frame: Buffer): Buffer =>
  frame.subarray(dataField.length, frame.length - lineEnds);

const chunk = new AwsEventStreamMessage({
  ":event-type": "chunk",
  ":content-type": "application/json",
  ":message-type": "event",
});

/** The message of a native stream that holds this event. */
export const writeChunk = (event: string): Buffer =>
  chunk.encode(`{"bytes":"${Buffer.from(event).toString("base64")}"}`);
