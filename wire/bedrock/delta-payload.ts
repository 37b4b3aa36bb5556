import { Buffer } from "node:buffer";

import { jsonStringEnd } from "../framing/json-string-end.ts";
import { sameBytes } from "../framing/same-bytes.ts";

const char = {
  space: 0x20,
  quote: 0x22,
  backslash: 0x5c,
  closeBrace: 0x7d,
} as const;

/** What the model says stands in one of these. */
const saidMembers = ['"text":"', '"input":"'].map((text) => Buffer.from(text));

/** The service pads its events with letters, so that their length tells nothing of the text. */
const paddingMember = Buffer.from('"p":"');

/** The longest strings that are looked at byte by byte. */
const loopBytes = 64;

/**
 * Knows the deltas of one block by their payload: it is the same but for the text and the padding.
 * So one is parsed and the others are compared, at a fifth of the cost.
 */
export class DeltaPayload {
  /** Up to the text. */
  #prefix = Buffer.alloc(0);
  /** From the text's end to the padding, or to the end. */
  #suffix = Buffer.alloc(0);
  #isPadded = false;

  /**
   * Bytes of text in a payload like the learnt one, escapes included; -1 for any other. What begins
   * and ends like the learnt one can be nothing but a delta of its kind and block.
   */
  textBytes(bytes: Buffer, start: number, end: number): number {
    const from = start + this.#prefix.length;
    if (from === start || from >= end || !sameBytes(bytes, start, this.#prefix)) return -1;
    const to = textEnd(bytes, from, end);
    if (to === -1 || !sameBytes(bytes, to, this.#suffix)) return -1;
    const after = to + this.#suffix.length;
    const isWhole = this.#isPadded ? isPaddingUntil(bytes, after, end) : after === end;
    return isWhole ? to - from : -1;
  }

  /** Learns from a payload that was parsed and is a delta with text. */
  learn(bytes: Buffer, start: number, end: number): void {
    for (const member of saidMembers) {
      const found = bytes.indexOf(member, start);
      if (found === -1 || found >= end) continue;
      const from = found + member.length;
      const to = textEnd(bytes, from, end);
      if (to === -1) continue;
      const padding = bytes.indexOf(paddingMember, to);
      const paddingStart = padding + paddingMember.length;
      this.#isPadded = padding !== -1 && isPaddingUntil(bytes, paddingStart, end);
      this.#prefix = Buffer.from(bytes.subarray(start, from));
      this.#suffix = Buffer.from(bytes.subarray(to, this.#isPadded ? paddingStart : end));
      return;
    }
  }
}

/** Where the JSON string that begins at `from` ends, before `end`; else -1. */
function textEnd(bytes: Buffer, from: number, end: number): number {
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
function isPaddingUntil(bytes: Buffer, from: number, end: number): boolean {
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
