import type { Writable } from "node:stream";

/** Where log lines go. */
export interface LogSink {
  /** False when the sink is full: nothing more should come until it drained. */
  write(text: string): boolean;
  /** Runs once, when the sink takes text again after `write` returned false. */
  onDrain(run: () => void): void;
}

const ignored = (): void => {};

/** Without a listener the error of a closed pipe would end the process. One for each stream. */
export function outliveErrors(stream: Writable): void {
  if (!stream.listeners("error").includes(ignored)) stream.on("error", ignored);
}

/**
 * Writes to a stream. When the stream breaks, as a closed pipe does, lines go nowhere. Sinks may
 * come and go on one stream: what they leave there is one listener together.
 */
export class StreamLogSink implements LogSink {
  readonly #stream: Writable;
  #isBroken = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    outliveErrors(stream);
  }

  write(text: string): boolean {
    return this.#isBroken || this.#stream.write(text, this.#written);
  }

  onDrain(run: () => void): void {
    const drained = (): void => {
      this.#stream.off("drain", drained);
      this.#stream.off("error", broken);
      run();
    };
    const broken = (): void => {
      this.#isBroken = true;
      drained();
    };
    this.#stream.on("drain", drained);
    this.#stream.on("error", broken);
  }

  readonly #written = (error?: Error | null): void => {
    if (error !== undefined && error !== null) this.#isBroken = true;
  };
}
