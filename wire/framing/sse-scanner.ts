import { Buffer } from "node:buffer";

import type { Framer, FrameSink } from "../frame.ts";

/** WIR-7: a longer event is refused before it is kept. */
export const maxSseEventBytes = 1024 * 1024;

const nothing = Buffer.alloc(0);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Finds where server-sent events end, across any slicing, without decoding them (WIR-7). A frame is
 * an event with its blank line, or comments; blank lines before it and a BOM are left out. An event
 * that lies within one chunk is handed out as a range of that chunk, nothing is copied.
 */
export class SseScanner implements Framer {
  readonly #maxBytes: number;
  /** The unfinished event of earlier chunks: its first `#kept` bytes count. */
  #carry = nothing;
  #kept = 0;
  #atLineStart = true;
  /** The last chunk ended in CR: an LF that follows belongs to it. */
  #skipsLineFeed = false;
  #state: "start" | "running" | "tooLarge" = "start";

  constructor(maxBytes: number = maxSseEventBytes) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer, sink: FrameSink): boolean {
    if (this.#state === "tooLarge") return false;
    let at = this.#afterSkippedLineFeed(chunk);
    let frameStart = this.#kept === 0 ? at : 0;
    // Streams of CR are rare: one search for one tells whether looking for LF alone is right.
    const hasReturn = chunk.includes(carriageReturn, at);
    while (at < chunk.length) {
      const lineEnd = hasReturn ? nextLineEnd(chunk, at) : nextLineFeed(chunk, at);
      if (lineEnd === -1) {
        this.#atLineStart = false;
        break;
      }
      const isBlank = this.#atLineStart && lineEnd === at;
      const hasFrame = this.#kept > 0 || lineEnd > frameStart;
      at = this.#afterLineEnd(chunk, lineEnd);
      this.#atLineStart = true;
      if (!isBlank) continue;
      if (hasFrame && !this.#emit(chunk, frameStart, { end: at, sink })) return false;
      frameStart = at;
    }
    return this.#keep(chunk, frameStart, chunk.length);
  }

  /** Hands out an event that lacks its blank line, with one. */
  end(sink: FrameSink): void {
    if (this.#kept === 0 || this.#state === "tooLarge") return;
    // A line feed right behind a carriage return would end the same line once more.
    const endsLine = this.#atLineStart && this.#carry[this.#kept - 1] === lineFeed;
    const blankLine = endsLine ? "\n" : "\n\n";
    const bytes = Buffer.concat([this.#carry.subarray(0, this.#kept), Buffer.from(blankLine)]);
    this.#kept = 0;
    this.#hand(sink, bytes, bytes.length);
  }

  #afterSkippedLineFeed(chunk: Buffer): number {
    if (!this.#skipsLineFeed || chunk.length === 0) return 0;
    this.#skipsLineFeed = false;
    return chunk[0] === lineFeed ? 1 : 0;
  }

  #afterLineEnd(chunk: Buffer, lineEnd: number): number {
    if (chunk[lineEnd] === lineFeed) return lineEnd + 1;
    this.#skipsLineFeed = lineEnd + 1 === chunk.length;
    return chunk[lineEnd + 1] === lineFeed ? lineEnd + 2 : lineEnd + 1;
  }

  #emit(
    chunk: Buffer,
    start: number,
    { end, sink }: { readonly end: number; readonly sink: FrameSink },
  ): boolean {
    if (this.#kept === 0) {
      if (end - start > this.#maxBytes) return this.#overflow();
      if (this.#state === "running") sink.frame(chunk, start, end);
      else this.#hand(sink, chunk.subarray(start, end), end - start);
      return true;
    }
    if (!this.#keep(chunk, start, end)) return false;
    const bytes = this.#carry;
    const length = this.#kept;
    // The sink may hold on to the bytes.
    this.#carry = nothing;
    this.#kept = 0;
    this.#hand(sink, bytes, length);
    return true;
  }

  #hand(sink: FrameSink, bytes: Buffer, end: number): void {
    const isFirst = this.#state === "start";
    this.#state = "running";
    const hasMark = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    sink.frame(bytes, hasMark ? 3 : 0, end);
  }

  #keep(chunk: Buffer, start: number, end: number): boolean {
    const needed = this.#kept + (end - start);
    if (needed === this.#kept) return true;
    if (needed > this.#maxBytes) return this.#overflow();
    if (needed > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#maxBytes, 2 * needed)));
      this.#carry.copy(grown, 0, 0, this.#kept);
      this.#carry = grown;
    }
    chunk.copy(this.#carry, this.#kept, start, end);
    this.#kept = needed;
    return true;
  }

  #overflow(): false {
    this.#state = "tooLarge";
    this.#carry = nothing;
    this.#kept = 0;
    return false;
  }
}

/** Every other line of a stream is blank: that is seen without a search. */
const nextLineFeed = (chunk: Buffer, from: number): number =>
  chunk[from] === lineFeed ? from : chunk.indexOf(lineFeed, from);

function nextLineEnd(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    if (chunk[at] === lineFeed || chunk[at] === carriageReturn) return at;
  }
  return -1;
}
