import { Buffer } from "node:buffer";

import { checksumBytes, preludeBytes } from "../framing/aws-event-stream.ts";
import { AwsEventStreamMessage } from "../framing/aws-event-stream-message.ts";
import { ChunkView, KnownBytes } from "../framing/known-bytes.ts";
import { isPaddingUntil, paddingMember, textEnd } from "./delta-bytes.ts";
import { usualHeaders } from "./usual-heads.ts";

/** The service's paddings are beginnings of this one. */
const usualPadding = new KnownBytes(
  Buffer.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
);
const paddingEnd = new KnownBytes(Buffer.from('"}'));

/** What the model says stands in one of these. */
const saidMembers = ['"text":"', '"input":"'].map((text) => Buffer.from(text));

/** Where in a prelude it stands how long the headers are. */
const headBytesAt = 4;

/** What most streams say: the texts of their first block, as the service writes them. */
const usual = usualDelta();

/**
 * Knows the deltas of one block by their message: it is the same but for its length, the text, the
 * padding and the checksums. So one is parsed, where it is not as usual, and the others are
 * compared, at a tenth of the cost.
 */
export class DeltaMessage {
  readonly #views = new ChunkView();
  #headBytes = usual.headBytes;
  /** Headers and payload up to the text. */
  #prefix = usual.prefix;
  /** From the text's end to the padding, or to the end. */
  #suffix = usual.suffix;
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
      ? isUsualPadding(view, after, payloadEnd) || isPaddingUntil(bytes, after, payloadEnd)
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

function usualDelta() {
  const message = new AwsEventStreamMessage(usualHeaders("contentBlockDelta"));
  const empty = message.encode('{"contentBlockIndex":0,"delta":{"text":"');
  return {
    headBytes: empty.readUInt32BE(headBytesAt),
    prefix: new KnownBytes(empty.subarray(preludeBytes, empty.length - checksumBytes)),
    suffix: new KnownBytes(Buffer.from('"},"p":"')),
  };
}

function isUsualPadding(view: DataView, from: number, end: number): boolean {
  const quote = end - paddingEnd.length;
  return usualPadding.beginsUntil(view, from, quote) && paddingEnd.isAt(view, quote, end);
}
