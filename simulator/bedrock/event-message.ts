import { crc32 } from "node:zlib";
import { AwsEventStreamMessage } from "@sekisho/wire/framing/aws-event-stream-message.ts";
import type { Corruption, HugeFrame } from "../script/streamed-answer.ts";

const preludeBytes = 12;
const overheadBytes = 16;
const checksumBytes = 4;
const checksumAtPrelude = preludeBytes - checksumBytes;
const longestLength = 0xffff_ffff;
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/** Spreads the lengths of neighbours; any number would do that has no factor in common with 62. */
const paddingStep = 7;

const json = "application/json";

/** The heads of events, by their names. */
const heads = new Map<string, AwsEventStreamMessage>();

const headOf = (name: string): AwsEventStreamMessage => {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const head = new AwsEventStreamMessage({
    ":event-type": name,
    ":content-type": json,
    ":message-type": "event",
  });
  heads.set(name, head);
  return head;
};

/** As the service does: a member of letters hides how long the others are. */
const padded = (payload: string): string => {
  if (!payload.endsWith("}")) return payload;
  const length = 1 + ((payload.length * paddingStep) % letters.length);
  return `${payload.slice(0, -1)},"p":"${letters.slice(0, length)}"}`;
};

/** An event with its payload, padded. */
export const eventMessage = (name: string, payload: string): Buffer =>
  headOf(name).encode(padded(payload));

/** The same without padding, and with its headers in another order. */
export const oddEventMessage = (name: string, payload: string): Buffer =>
  new AwsEventStreamMessage({
    ":message-type": "event",
    ":content-type": json,
    "x-simulated": "a header that nobody knows",
    ":event-type": name,
  }).encode(payload);

/** An exception in the middle of a stream. */
export const exceptionMessage = (name: string, payload: object): Buffer =>
  new AwsEventStreamMessage({
    ":exception-type": name,
    ":content-type": json,
    ":message-type": "exception",
  }).encode(JSON.stringify(payload));

/** The same message, wrong below its payload. */
export const corrupted = (message: Buffer, how: Corruption): Buffer => {
  const bytes = Buffer.from(message);
  const checksumAt = bytes.length - checksumBytes;
  if (how === "bad-crc") {
    bytes.writeUInt32BE(~bytes.readUInt32BE(checksumAt) >>> 0, checksumAt);
    return bytes;
  }
  bytes.writeUInt32BE(longestLength, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, checksumAtPrelude)), checksumAtPrelude);
  return bytes;
};

/** A message that is too long to be held. Its length and both checksums are right. */
export const hugeMessage = (
  name: string,
  [before, after]: readonly [before: string, after: string],
  { fill, times }: Pick<HugeFrame, "fill" | "times">,
): HugeFrame => {
  const empty = headOf(name).encode("");
  const headers = empty.subarray(preludeBytes, preludeBytes + empty.readUInt32BE(4));
  const payloadBytes = Buffer.byteLength(before + after) + fill.length * times;
  const prelude = Buffer.alloc(preludeBytes);
  prelude.writeUInt32BE(overheadBytes + headers.length + payloadBytes, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const start = Buffer.concat([prelude, headers, Buffer.from(before)]);
  let checksum = crc32(start);
  for (let n = 0; n < times; n++) checksum = crc32(fill, checksum);
  const end = Buffer.concat([Buffer.from(after), Buffer.alloc(4)]);
  end.writeUInt32BE(crc32(end.subarray(0, -4), checksum), end.length - 4);
  return { before: start, fill, times, after: end };
};
