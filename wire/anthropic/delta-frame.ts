import { Buffer } from "node:buffer";

import { jsonStringEnd } from "../framing/json-string-end.ts";
import { sameBytes } from "../framing/same-bytes.ts";

const char = {
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  backslash: 0x5c,
  closeBrace: 0x7d,
} as const;

/** What the model says stands in one of these, as the last member of `delta`. */
const saidMembers = ['"text":"', '"partial_json":"', '"thinking":"'].map((text) =>
  Buffer.from(text),
);

/** The longest strings that are looked at byte by byte. */
const loopBytes = 64;

/**
 * Knows the deltas of one block by their frame: `event: content_block_delta`, `data:`, and JSON
 * that is the same up to the text. Between frames only the text differs, and the white space that
 * a provider pads them with; so one is parsed and the others are compared. 2 µs each otherwise.
 */
export class DeltaFrame {
  #prefix = Buffer.alloc(0);

  /**
   * Bytes of text in a frame like the learnt one, escapes included; -1 for any other frame. What
   * begins like the learnt one can be nothing but a delta of its kind and block.
   */
  textBytes(bytes: Buffer, start: number, end: number): number {
    const from = start + this.#prefix.length;
    if (from === start || from >= end || !sameBytes(bytes, start, this.#prefix)) return -1;
    const to = textEnd(bytes, from, end);
    return to !== -1 && endsBehind(bytes, to + 1, end) ? to - from : -1;
  }

  /**
   * Learns from a frame that was parsed and is a delta. False when its text is not its last member:
   * such frames are parsed one by one.
   */
  learn(bytes: Buffer, start: number, end: number): boolean {
    for (const member of saidMembers) {
      const found = bytes.indexOf(member, start);
      if (found === -1 || found >= end) continue;
      const from = found + member.length;
      const to = textEnd(bytes, from, end);
      if (to === -1 || !endsBehind(bytes, to + 1, end)) continue;
      this.#prefix = Buffer.from(bytes.subarray(start, from));
      return true;
    }
    return false;
  }
}

/** Where the JSON string that begins at `from` ends, on the same line and before `end`; else -1. */
function textEnd(bytes: Buffer, from: number, end: number): number {
  const pause = Math.min(end, from + loopBytes);
  let at = from;
  for (; at < pause; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === char.quote) return at;
    if (byte < char.space || byte === char.backslash) break;
  }
  const found = jsonStringEnd(bytes, at);
  if (found === -1 || found >= end) return -1;
  return hasLineEnd(bytes, at, found) ? -1 : found;
}

function hasLineEnd(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === char.lineFeed || byte === char.carriageReturn) return true;
  }
  return false;
}

/** Does the frame end here, with the braces of `delta` and of the event? */
function endsBehind(bytes: Buffer, from: number, end: number): boolean {
  let braces = 0;
  let at = from;
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === char.closeBrace) braces += 1;
    else if (byte !== char.space) break;
  }
  if (braces !== 2) return false;
  for (; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== char.lineFeed && byte !== char.carriageReturn) return false;
  }
  return true;
}
