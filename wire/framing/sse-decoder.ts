import type { FrameSink } from "../frame.ts";
import { parseSseEvent, type SseEvent } from "./sse-event.ts";
import { maxSseEventBytes, SseScanner } from "./sse-scanner.ts";

export interface SseEventSink {
  sseEvent(event: SseEvent): void;
}

/** Bytes of any slicing to whole events, for streams that are translated (WIR-7). */
export class SseDecoder implements FrameSink {
  readonly #scanner: SseScanner;
  readonly #sink: SseEventSink;

  constructor(sink: SseEventSink, maxBytes: number = maxSseEventBytes) {
    this.#sink = sink;
    this.#scanner = new SseScanner(maxBytes);
  }

  /** False once an event is too large: nothing more is read. */
  push(chunk: Buffer): boolean {
    return this.#scanner.push(chunk, this);
  }

  end(): void {
    this.#scanner.end(this);
  }

  frame(bytes: Buffer, start: number, end: number): void {
    const event = parseSseEvent(bytes, start, end);
    if (event !== null) this.#sink.sseEvent(event);
  }
}
