import type { Clock, Timer } from "../time/clock.ts";
import type { LogSink } from "./log-sink.ts";

/** Characters that may wait for the sink. */
export const maxBufferedLength = 1_048_576;

/** So long a line that is one of many may wait for others. */
export const lingerMs = 20;
/** Characters after which they wait no longer than for the end of the turn. */
const lingerLength = 32_768;

/**
 * Gathers lines into writes. A line leaves at the end of its turn of the event loop and takes
 * those before it along; one that lingers within 20 ms: a write to a file costs 4 us of the thread
 * that answers requests. While the sink is blocked lines wait, up to 1 MiB; the rest is dropped,
 * counted, and reported in a line of its own.
 */
export class LogBuffer {
  readonly #clock: Clock;
  readonly #sink: LogSink;
  readonly #noticeOf: (droppedLines: number) => string;
  #text = "";
  #dropped = 0;
  #state: "idle" | "lingering" | "soon" | "blocked" = "idle";
  #timer: Timer | null = null;

  constructor(clock: Clock, sink: LogSink, noticeOf: (droppedLines: number) => string) {
    this.#clock = clock;
    this.#sink = sink;
    this.#noticeOf = noticeOf;
  }

  append(line: string, lingers: boolean): void {
    if (this.#text.length + line.length > maxBufferedLength) {
      this.#dropped += 1;
      return;
    }
    this.#text += line;
    if (this.#state === "blocked" || this.#state === "soon") return;
    if (!lingers || this.#text.length >= lingerLength) {
      this.#state = "soon";
      this.#clock.soon(() => {
        if (this.#state === "soon") this.#write();
      });
    } else if (this.#state === "idle") {
      this.#state = "lingering";
      this.#timer = this.#clock.after(lingerMs, () => this.#write());
    }
  }

  /** Hands over what waits now, blocked or not: for the last words of a process. */
  flush(): void {
    if (this.#text !== "" || this.#dropped > 0) this.#write();
  }

  #write(): void {
    this.#timer?.cancel();
    this.#timer = null;
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
