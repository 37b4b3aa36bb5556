import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

/** Where a pump writes: an exchange, or anything with a buffer that can be looked at. */
export interface PumpSink {
  readonly bufferedBytes: number;
  write(bytes: Uint8Array | string): boolean;
  end(): void;
}

/** Turns events into bytes of the reader's dialect; a pure function of the events so far. */
export interface EventEncoder {
  encode(event: CanonicalEvent): string | Buffer;
}

/** What a pump reads: a response's log, or another log in the words of its reader. */
export interface PumpLog {
  /** Nothing follows what there is. */
  readonly ended: boolean;
  open(listener: LogListener): PumpCursor;
}

/** As the `Cursor` of an event log. */
export interface PumpCursor {
  readonly atEnd: boolean;
  peek(): number | undefined;
  skip(): void;
  takeBytes(skip?: number): Buffer | undefined;
  takeEvent(): CanonicalEvent | undefined;
  close(): void;
}

export interface PumpOptions {
  /** Asked for with the first event: most answers are bytes alone. */
  readonly encoder: () => EventEncoder;
  /** Leaves out entries of kind `usage`, which this reader did not ask for. */
  readonly hideUsage: boolean;
  /**
   * Entries within this time after a write wait and leave together; the first and the last do not.
   */
  readonly flushMs: number;
  /** Written when nothing else was for `heartbeatMs`; never inside an event. */
  readonly heartbeat: string | Buffer;
  readonly heartbeatMs: number;
  /** A sink that accepts no byte for this long is given up (STR-7). */
  readonly stalledMs: number;
}

export interface PumpOwner {
  /** The last entry was written and the sink ended. */
  pumpEnded(): void;
  /** The reader did not take its bytes: cut it, it would wait for ever. */
  readerStalled(): void;
  /** The encoder or the sink threw: nothing more is written. */
  pumpFailed(error: unknown): void;
}

export interface PumpParts {
  readonly options: PumpOptions;
  readonly owner: PumpOwner;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
}

/** Above this the log is left alone until the socket has drained (STR-7). */
const bufferedBytesLimit = 64 * 1024;
/** Encoded events are joined to one write until they are so long. */
const joinedLength = 16 * 1024;

/**
 * One reader of a response: copies entries from its cursor to the sink as fast as the sink takes
 * them, one write per publication where the bytes are adjacent.
 */
export class Pump implements LogListener, DeadlineOwner {
  readonly #sink: PumpSink;
  readonly #options: PumpOptions;
  readonly #owner: PumpOwner;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #log: PumpLog;
  readonly #cursor: PumpCursor;
  readonly #deadline: Deadline = new Deadline(this);
  readonly #skip: number;
  #encoder: EventEncoder | null = null;
  /** Waiting: entries are held back to leave together. Blocked: the socket is full. */
  #state: "running" | "waiting" | "blocked" | "over" = "running";
  #bufferedWhenBlocked = 0;
  #wroteAtMs = -Infinity;

  constructor(log: PumpLog, sink: PumpSink, rest: PumpParts) {
    this.#sink = sink;
    this.#options = rest.options;
    this.#owner = rest.owner;
    this.#clock = rest.clock;
    this.#wheel = rest.wheel;
    this.#skip = rest.options.hideUsage ? 1 << entryKind.usage : 0;
    this.#log = log;
    this.#cursor = log.open(this);
    this.#wheel.arm(this.#deadline, this.#options.heartbeatMs);
  }

  /** The log has grown, or bytes came that are no entry yet. */
  published(): void {
    // What is not written must not put the heartbeat off.
    if (!this.#log.ended && this.#cursor.peek() === undefined) return;
    if (this.#state === "waiting") {
      if (this.#log.ended) this.#write();
      return;
    }
    if (this.#state !== "running") return;
    const waitMs = this.#flushWaitMs();
    if (waitMs <= 0 || this.#log.ended) return this.#write();
    this.#state = "waiting";
    this.#wheel.arm(this.#deadline, waitMs);
  }

  /** The sink has room again. */
  drained(): void {
    if (this.#state !== "blocked") return;
    this.#write();
  }

  /** The reader is gone. */
  close(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#wheel.cancel(this.#deadline);
    this.#cursor.close();
  }

  deadlinePassed(): void {
    if (this.#state === "waiting") return this.#write();
    if (this.#state === "running") return this.#write(true);
    const { bufferedBytes } = this.#sink;
    if (bufferedBytes >= this.#bufferedWhenBlocked) return this.#owner.readerStalled();
    this.#bufferedWhenBlocked = bufferedBytes;
    this.#wheel.arm(this.#deadline, this.#options.stalledMs);
  }

  /** How long entries of now must wait for others (STR-3). */
  #flushWaitMs(): number {
    const { flushMs } = this.#options;
    return flushMs === 0 ? 0 : this.#wroteAtMs + flushMs - this.#clock.monotonicMs();
  }

  /** Who calls is in the midst of the upstream's bytes or of other readers' deadlines. */
  #write(isHeartbeat = false): void {
    try {
      if (isHeartbeat) this.#beat();
      else this.#copy();
    } catch (error) {
      this.close();
      this.#owner.pumpFailed(error);
    }
  }

  #beat(): void {
    this.#sink.write(this.#options.heartbeat);
    this.#wheel.arm(this.#deadline, this.#options.heartbeatMs);
  }

  #copy(): void {
    // While it ran, the deadline was the heartbeat's: entries that are left out do not move it.
    let isSilent = this.#state === "running";
    this.#state = "running";
    if (this.#options.flushMs > 0) this.#wroteAtMs = this.#clock.monotonicMs();
    while (this.#sink.bufferedBytes < bufferedBytesLimit) {
      const bytes = this.#next();
      if (bytes === undefined) return this.#caughtUp(isSilent);
      if (bytes.length === 0) continue;
      isSilent = false;
      this.#sink.write(bytes);
    }
    this.#state = "blocked";
    this.#bufferedWhenBlocked = this.#sink.bufferedBytes;
    this.#wheel.arm(this.#deadline, this.#options.stalledMs);
  }

  #next(): Buffer | string | undefined {
    const kind = this.#cursor.peek();
    if (kind === undefined) return undefined;
    if (((1 << kind) & this.#skip) !== 0) {
      this.#cursor.skip();
      return "";
    }
    return this.#cursor.takeBytes(this.#skip) ?? this.#encoded();
  }

  /** The run of events that comes next: a write costs more than to encode what goes into it. */
  #encoded(): Buffer | string {
    const encoder = (this.#encoder ??= this.#options.encoder());
    let text = "";
    let length = 0;
    const parts: Buffer[] = [];
    while (length < joinedLength && !this.#skipsNext()) {
      const event = this.#cursor.takeEvent();
      if (event === undefined) break;
      const encoded = encoder.encode(event);
      length += encoded.length;
      if (typeof encoded === "string") {
        text += encoded;
        continue;
      }
      if (text !== "") parts.push(Buffer.from(text));
      text = "";
      parts.push(encoded);
    }
    if (parts.length === 0) return text;
    return Buffer.concat(text === "" ? parts : [...parts, Buffer.from(text)]);
  }

  #skipsNext(): boolean {
    const kind = this.#cursor.peek();
    return kind !== undefined && ((1 << kind) & this.#skip) !== 0;
  }

  #caughtUp(isSilent: boolean): void {
    if (!this.#cursor.atEnd) {
      if (!isSilent) this.#wheel.arm(this.#deadline, this.#options.heartbeatMs);
      return;
    }
    this.close();
    this.#sink.end();
    this.#owner.pumpEnded();
  }
}
