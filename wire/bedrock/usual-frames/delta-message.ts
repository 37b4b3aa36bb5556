import { Buffer } from "node:buffer";

import { checksumBytes, preludeBytes } from "../../framing/aws-event-stream.ts";
import { ChunkView, KnownBytes } from "../../framing/known-bytes.ts";
import { isPaddingUntil, paddingMember, textEnd } from "./delta-bytes.ts";
import { headBytesAt, isPadding, openingOf, usualHeadBytes, usualOpening } from "./usual-delta.ts";

/** What the model says stands in one of these. */
const saidMembers = ['"text":"', '"input":"'].map((text) => Buffer.from(text));

const usualPrefix = openingOf(usualOpening);
const usualSuffix = new KnownBytes(Buffer.from('"},"p":"'));

/**
 * Knows the deltas of one block by their message: it is the same but for its length, the text, the
 * padding and the checksums. So one is parsed, where it is not as usual, and the others are
 * compared, at a tenth of the cost.
 */
export class DeltaMessage {
  readonly #views = new ChunkView();
  #headBytes = usualHeadBytes;
  /** Headers and payload up to the text. */
  #prefix = usualPrefix;
  /** From the text's end to the padding, or to the end. */
  #suffix = usualSuffix;
  #isPadded = true;

  /**
   * Bytes of text in a message like the learnt one, escapes included; -1 for any other. What begins
   * and ends like the learnt one can be nothing but a delta of its kind and block.
   */
  textBytes(bytes: Buffer, start: number, end: number): number {
    const view = this.#views.of(bytes);
    if (view.getUint32(start + headBytesAt) !== this.#headBytes) return -1;
    const head = start + preludeBytes;
    const payloadEnd = end - checksumBytes;
    if (!this.#prefix.isAt(view, head, payloadEnd)) return -1;
    const from = head + this.#prefix.length;
    const to = textEnd(bytes, from, payloadEnd);
    if (to === -1 || !this.#suffix.isAt(view, to, payloadEnd)) return -1;
    const after = to + this.#suffix.length;
    const isWhole = this.#isPadded
      ? isPadding({ bytes, view, from: after, end: payloadEnd })
      : after === payloadEnd;
    return isWhole ? to - from : -1;
  }

  /** Learns from a message whose payload was parsed and is a delta with text. */
  learn(bytes: Buffer, start: number, end: number): void {
    const head = start + preludeBytes;
    const headBytes = bytes.readUInt32BE(start + headBytesAt);
    const payloadEnd = end - checksumBytes;
    for (const member of saidMembers) {
      const found = bytes.indexOf(member, head + headBytes);
      if (found === -1 || found >= payloadEnd) continue;
      const from = found + member.length;
      const to = textEnd(bytes, from, payloadEnd);
      if (to === -1) continue;
      const padding = bytes.indexOf(paddingMember, to);
      const paddingStart = padding + paddingMember.length;
      this.#isPadded = padding !== -1 && isPaddingUntil(bytes, paddingStart, payloadEnd);
      this.#headBytes = headBytes;
      this.#prefix = new KnownBytes(bytes.subarray(head, from));
      const suffixEnd = this.#isPadded ? paddingStart : payloadEnd;
      this.#suffix = new KnownBytes(bytes.subarray(to, suffixEnd));
      return;
    }
  }
}
