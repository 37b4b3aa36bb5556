import { Buffer } from "node:buffer";

import { sameBytes } from "../framing/same-bytes.ts";
import { isPaddingUntil, paddingMember, textEnd } from "./delta-bytes.ts";

/** What the model says stands in one of these. */
const saidMembers = ['"text":"', '"input":"'].map((text) => Buffer.from(text));

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
