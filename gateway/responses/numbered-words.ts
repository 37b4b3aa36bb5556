import { EntryReader, type EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { EventEncoder, PumpCursor, PumpLog } from "./pump.ts";
import { writePlace, type StreamPlace } from "./stream-place.ts";

/** More is joined in the next write. */
const joinedLength = 16 * 1_024;

export interface NumberedParts {
  readonly id: string;
  readonly epoch: number;
  readonly encoder: () => EventEncoder;
  /** What its reader has already; null: nothing. */
  readonly after: Pick<StreamPlace, "seq" | "parts"> | null;
  /** Of the first events so many are left out: what a reader has that counts them itself. */
  readonly without?: number;
  /** Kinds, as bits, that this reader did not ask for. */
  readonly hidden: number;
  /** Are entries numbered that can be read again? Others leave without a number. */
  readonly isKept: () => boolean;
  /** The log has lost what comes next. */
  readonly lost: () => void;
}

/**
 * A log as server-sent events that carry their place in it, so that a reader can come back to
 * where it was (STR-5). An entry of several events has a number of its own for each of them.
 */
export class NumberedWords implements PumpLog {
  readonly #log: EntryLog<CanonicalEvent>;
  readonly #parts: NumberedParts;

  constructor(log: EntryLog<CanonicalEvent>, parts: NumberedParts) {
    this.#log = log;
    this.#parts = parts;
  }

  get ended(): boolean {
    return this.#log.ended;
  }

  open(listener: LogListener): PumpCursor {
    return new NumberedCursor(this.#log, listener, this.#parts);
  }
}

class NumberedCursor implements PumpCursor {
  readonly #reader: EntryReader<CanonicalEvent>;
  readonly #parts: NumberedParts;
  #encoder: EventEncoder | null = null;
  #left: number;

  constructor(log: EntryLog<CanonicalEvent>, listener: LogListener, parts: NumberedParts) {
    this.#parts = parts;
    this.#left = parts.without ?? 0;
    this.#reader = new EntryReader(log, listener, startOf(log, parts));
  }

  get atEnd(): boolean {
    return this.#reader.atEnd;
  }

  peek(): number | undefined {
    this.#skipOwned();
    const kind = this.#reader.peek()?.kind;
    if (this.#reader.isLost) this.#parts.lost();
    return kind;
  }

  skip(): void {
    this.#reader.take();
  }

  /** Always bytes: events are encoded here, where their place is known. */
  takeBytes(skip = 0): Buffer {
    const parts: Buffer[] = [];
    let length = 0;
    while (length < joinedLength) {
      const kind = this.peek();
      if (kind === undefined || ((1 << kind) & skip) !== 0) break;
      for (const part of this.#next()) {
        parts.push(part);
        length += part.length;
      }
    }
    return Buffer.concat(parts, length);
  }

  takeEvent(): undefined {
    return undefined;
  }

  close(): void {
    this.#reader.close();
  }

  /** What the reader has: events are encoded all the same, those behind them depend on them. */
  #skipOwned(): void {
    const { after } = this.#parts;
    if (after === null) return;
    const before = after.parts === null ? after.seq + 1 : after.seq;
    while (this.#reader.seq < before) {
      const entry = this.#reader.take();
      if (entry === undefined) return;
      const isHidden = ((1 << entry.kind) & this.#parts.hidden) !== 0;
      if (!isHidden && !Buffer.isBuffer(entry.payload)) this.#encode(entry.payload);
    }
  }

  #next(): Buffer[] {
    const entry = this.#reader.take();
    if (entry === undefined) return [];
    const { payload, seq } = entry;
    const frames = Buffer.isBuffer(payload) ? [payload] : framesOf(this.#encode(payload));
    if (!this.#parts.isKept()) return frames;
    const { id, epoch, after } = this.#parts;
    const had = after?.seq === seq ? (after.parts ?? 0) : Math.min(this.#left, frames.length);
    this.#left -= Math.min(this.#left, frames.length);
    return frames.slice(had).flatMap((frame, n) => {
      const parts = had + n === frames.length - 1 ? null : had + n + 1;
      return numbered(frame, writePlace({ id, epoch, seq, parts }));
    });
  }

  #encode(event: CanonicalEvent): string {
    this.#encoder ??= this.#parts.encoder();
    return this.#encoder.encode(event).toString();
  }
}

/** Where the first entry is the provider's bytes, no event comes before the last one. */
function startOf(log: EntryLog<CanonicalEvent>, { after }: NumberedParts): number {
  if (after === null || log.nextSeq === 0) return 0;
  if (!Buffer.isBuffer(log.page(0)[0]?.payload)) return 0;
  return Math.min(after.parts === null ? after.seq + 1 : after.seq, log.nextSeq);
}

const framesOf = (text: string): Buffer[] => {
  const frames = text.split("\n\n");
  // Behind the last boundary there is nothing.
  frames.pop();
  return frames.map((frame) => Buffer.from(`${frame}\n\n`));
};

const ends = ["\r\n\r\n", "\n\n", "\r\r"] as const;

/** The place stands last in an event: of several ids in one, clients take the last. */
function numbered(frame: Buffer, place: string): Buffer[] {
  const tail = frame.toString("latin1", Math.max(0, frame.length - 4));
  const end = ends.find((each) => tail.endsWith(each));
  if (end === undefined) return [Buffer.from(`id: ${place}\n`), frame];
  const body = frame.subarray(0, frame.length - end.length / 2);
  return [body, Buffer.from(`id: ${place}${end}`)];
}
