import { Buffer } from "node:buffer";

import { jsonStringEnd } from "../../framing/json-string-end.ts";

const char = {
  space: 0x20,
  quote: 0x22,
  backslash: 0x5c,
  closeBrace: 0x7d,
} as const;

/** The service pads its events with letters, so that their length tells nothing of the text. */
export const paddingMember = Buffer.from('"p":"');

/** The longest strings that are looked at byte by byte. */
const loopBytes = 64;

/** Where the JSON string that begins at `from` ends, before `end`; else -1. */
export function textEnd(bytes: Buffer, from: number, end: number): number {
  const pause = Math.min(end, from + loopBytes);
  let at = from;
  for (; at < pause; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === char.quote) return at;
    if (byte < char.space) return -1;
    if (byte === char.backslash) break;
  }
  const found = jsonStringEnd(bytes, at);
  return found === -1 || found >= end || hasControl(bytes, at, found) ? -1 : found;
}

/** No byte below the space stands in a JSON string. */
function hasControl(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] ?? 0) < char.space) return true;
  }
  return false;
}

/** Letters and digits, then the quote and the brace that end the payload. */
export function isPaddingUntil(bytes: Buffer, from: number, end: number): boolean {
  const quote = end - 2;
  if (from > quote || bytes[quote] !== char.quote || bytes[end - 1] !== char.closeBrace) {
    return false;
  }
  for (let at = from; at < quote; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === char.quote || byte === char.backslash || byte < char.space) return false;
  }
  return true;
}
