import { Buffer } from "node:buffer";
import { Duplex, type Writable } from "node:stream";
import { outliveErrors, StreamLogSink, type LogSink } from "./log-sink.ts";

/** A pipe takes so many whole, or none of them (PIPE_BUF of Linux). */
export const wholeBytes = 4_096;

const lineFeed = 0x0a;
const nothing = Buffer.alloc(0);

/**
 * Writes to a pipe that several processes have, so that no line of one of them stands in the midst
 * of another's: whole lines of at most 4 KiB together, one write behind the other. Of more than
 * that a pipe that is nearly full takes a part; the rest comes behind what others have written. A
 * line that is longer by itself may be torn.
 */
export class SharedLogSink implements LogSink {
  readonly #stream: Writable;
  #rest: Buffer = nothing;
  #isBroken = false;
  #onDrain: (() => void) | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    outliveErrors(stream);
  }

  write(text: string): boolean {
    if (this.#isBroken) return true;
    const lines = Buffer.from(text);
    this.#rest = this.#rest.length === 0 ? lines : Buffer.concat([this.#rest, lines]);
    this.#advance();
    return this.#isEmpty;
  }

  onDrain(run: () => void): void {
    this.#onDrain = run;
  }

  /** Streams join what waits in them into one write: nothing is to wait there. */
  get #isEmpty(): boolean {
    return this.#rest.length === 0 && this.#stream.writableLength === 0;
  }

  #advance(): void {
    while (this.#rest.length > 0 && this.#stream.writableLength === 0) {
      const end = endOfPiece(this.#rest);
      const piece = this.#rest.subarray(0, end);
      this.#rest = this.#rest.subarray(end);
      this.#stream.write(piece, this.#written);
    }
  }

  readonly #written = (error?: Error | null): void => {
    if (error !== undefined && error !== null) {
      this.#isBroken = true;
      this.#rest = nothing;
    } else this.#advance();
    if (!this.#isBroken && !this.#isEmpty) return;
    const run = this.#onDrain;
    this.#onDrain = null;
    run?.();
  };
}

/** For a standard error of several processes: a file takes each write whole, and is no duplex. */
export const sharedSinkOf = (stream: Writable): LogSink =>
  stream instanceof Duplex ? new SharedLogSink(stream) : new StreamLogSink(stream);

/** As many whole lines as are taken whole, one at least. */
function endOfPiece(lines: Buffer): number {
  if (lines.length <= wholeBytes) return lines.length;
  const last = lines.lastIndexOf(lineFeed, wholeBytes - 1);
  const end = last === -1 ? lines.indexOf(lineFeed, wholeBytes) : last;
  return end === -1 ? lines.length : end + 1;
}
