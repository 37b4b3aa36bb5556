import type { Writable } from "node:stream";

/** Where log lines go. */
export interface LogSink {
  /** False when the sink is full: nothing more should come until it drained. */
  write(text: string): boolean;
  /** Runs once, when the sink takes text again after `write` returned false. */
  onDrain(run: () => void): void;
}

/** Writes to a stream. When the stream breaks, as a closed pipe does, lines go nowhere. */
export class StreamLogSink implements LogSink {
  readonly #stream: Writable;
  #isBroken = false;
  #onDrain: (() => void) | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener the error of a closed pipe would end the process.
    stream.on("error", () => {
      this.#isBroken = true;
      this.#drained();
    });
    stream.on("drain", () => this.#drained());
  }

  write(text: string): boolean {
    return this.#isBroken || this.#stream.write(text);
  }

  onDrain(run: () => void): void {
    this.#onDrain = run;
  }

  #drained(): void {
    const run = this.#onDrain;
    this.#onDrain = null;
    run?.();
  }
}
