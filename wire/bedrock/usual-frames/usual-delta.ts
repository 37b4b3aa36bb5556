import { Buffer } from "node:buffer";

import { checksumBytes, preludeBytes } from "../../framing/aws-event-stream.ts";
import { AwsEventStreamMessage } from "../../framing/aws-event-stream-message.ts";
import { KnownBytes } from "../../framing/known-bytes.ts";
import { isPaddingUntil } from "./delta-bytes.ts";
import { usualHeaders } from "./usual-heads.ts";

/** Where in a prelude it stands how long the headers are. */
export const headBytesAt = 4;

const usualDelta = new AwsEventStreamMessage(usualHeaders("contentBlockDelta"));

/** How long the headers of a delta are as the service writes them. */
export const usualHeadBytes = usualDelta.encode("").readUInt32BE(headBytesAt);

/** What most streams say: texts of their first block. */
export const usualOpening = '{"contentBlockIndex":0,"delta":{"text":"';

/** Such headers, and a payload that begins so. */
export function openingOf(payload: string): KnownBytes {
  const message = usualDelta.encode(payload);
  return new KnownBytes(message.subarray(preludeBytes, message.length - checksumBytes));
}

/** The service's paddings are beginnings of this one. */
const usualPadding = new KnownBytes(
  Buffer.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
);
const paddingEnd = new KnownBytes(Buffer.from('"}'));

/** Where a padding stands, of a chunk and its view. */
export interface PaddingPlace {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly from: number;
  /** Where the payload ends. */
  readonly end: number;
}

/** As `isPaddingUntil`, sooner for what the service writes. */
export function isPadding({ bytes, view, from, end }: PaddingPlace): boolean {
  const quote = end - paddingEnd.length;
  const isUsual = usualPadding.beginsUntil(view, from, quote) && paddingEnd.isAt(view, quote, end);
  return isUsual || isPaddingUntil(bytes, from, end);
}
