import { Buffer } from "node:buffer";

import type { Framer, FrameSink } from "../frame.ts";
import { SseScanner } from "../framing/sse-scanner.ts";

const carriageReturn = 0x0d;
const heldReturn = Buffer.from("\r");

/**
 * Frames with both bytes of each line end. Google ends lines with CR LF, and its SDK knows an event
 * by exactly that: one whose LF came in the next piece of the stream must not be passed without it.
 */
export class ChunkFramer implements Framer {
  readonly #scanner = new SseScanner();
  /** The last byte was a CR: what it ends is known with the next one. */
  #holds = false;

  push(chunk: Buffer, sink: FrameSink): boolean {
    if (chunk.length === 0) return this.#scanner.push(chunk, sink);
    const bytes = this.#holds ? Buffer.concat([heldReturn, chunk]) : chunk;
    this.#holds = bytes[bytes.length - 1] === carriageReturn;
    return this.#scanner.push(this.#holds ? bytes.subarray(0, -1) : bytes, sink);
  }

  end(sink: FrameSink): void {
    if (this.#holds) this.#scanner.push(heldReturn, sink);
    this.#holds = false;
    this.#scanner.end(sink);
  }
}
