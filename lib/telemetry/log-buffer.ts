import type { Clock } from "../time/clock.ts";
import type { LogSink } from "./log-sink.ts";

/** Characters that may wait for the sink. */
export const maxBufferedLength = 1_048_576;

/**
 * Gathers the lines of one turn of the event loop into one write. While the sink is blocked lines
 * wait, up to 1 MiB; the rest is dropped, counted, and reported in a line of its own.
 */
export class LogBuffer {
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #noticeOf: (droppedLines: number) => string;
  #text = "";
  #dropped = 0;
  #state: "idle" | "soon" | "blocked" = "idle";

  constructor(clock: Clock, sink: LogSink, noticeOf: (droppedLines: number) => string) {
    this.#clock = clock;
    this.#sink = sink;
    this.#noticeOf = noticeOf;
  }

  append(line: string): void {
    if (this.#text.length + line.length > maxBufferedLength) {
      this.#dropped += 1;
      return;
    }
    this.#text += line;
    if (this.#state !== "idle") return;
    this.#state = "soon";
    this.#clock.soon(() => {
      if (this.#state === "soon") this.#write();
    });
  }

  /** Hands over what waits now, blocked or not: for the last words of a process. */
  flush(): void {
    if (this.#text !== "" || this.#dropped > 0) this.#write();
  }

  #write(): void {
    const text = this.#dropped === 0 ? this.#text : this.#text + this.#noticeOf(this.#dropped);
    this.#text = "";
    this.#dropped = 0;
    const wasBlocked = this.#state === "blocked";
    this.#state = "idle";
    if (this.#sink.write(text)) return;
    this.#state = "blocked";
    if (!wasBlocked) this.#sink.onDrain(() => this.#drained());
  }

  #drained(): void {
    this.#state = "idle";
    this.flush();
  }
}
