import { eventWeight, type LogEntry } from "./log-entry.ts";
import { LogMemory, type LogRoom } from "./log-memory.ts";

/** What a log asks of its producer when readers lag: stop, and go on. */
export interface Producer {
  pause(): void;
  resume(): void;
}

/** Told once per publication, never per entry. */
export interface LogListener {
  published(): void;
  /** Of one that takes entries for others to read; absent: it reads them itself. */
  readonly onward?: Onward;
}

/** What became of entries that were taken for others. */
export interface Onward {
  /** Somebody reads there, or will: everything there is will be handed over. */
  readonly isRead: boolean;
  /** One after the last entry that any of them was handed. */
  readonly handedSeq: number;
  /** One after the last entry of this kind that was taken; 0 where none was. */
  endOf(kind: number): number;
}

export interface EventLogLimits {
  /** Bytes that may wait for the slowest reader before the producer is paused. */
  readonly unreadBytes: number;
}

/** One more read of the producer may come behind it: 64 KiB, with undici. */
export const defaultEventLogLimits: EventLogLimits = { unreadBytes: 64 * 1024 };

/** Takes the place of `unreadBytes` while the memory of all logs together is tight. */
const tightBytes = 4 * 1024;

const boundless = new LogMemory().roomOf("");

/**
 * One append-only sequence of entries with dense numbers from 0: one producer, any number of
 * readers, each with a cursor of its own. An entry is a range of bytes as it came from the wire, or
 * an event object. What every cursor has passed is forgotten, so a log holds only what somebody
 * still has to read.
 *
 * The entry that ends the log is its last: appending after it does nothing and returns false.
 */
export class EventLog<Event> {
  /** Names this incarnation: rises only where a recovered log may be shorter than what was sent. */
  readonly epoch = 0;
  readonly #limits: EventLogLimits;
  /** Sequence number of the first entry still held. */
  #base = 0;
  #payloads: (Buffer | Event)[] = [];
  #starts: number[] = [];
  #ends: number[] = [];
  #kinds: number[] = [];
  #heldBytes = 0;
  #ended = false;
  #paused = false;
  #producer: Producer | null = null;
  #cursors: Cursor<Event>[] = [];
  /** As far as the furthest of those who have closed their cursor. */
  #leftSeq = 0;
  /** Where it counts, and what is told of it there. */
  readonly room: LogRoom;
  readonly #tell: (heldBytes: number) => void;

  constructor(limits: EventLogLimits = defaultEventLogLimits, room: LogRoom = boundless) {
    this.#limits = limits;
    this.room = room;
    this.#tell = room.share();
  }

  get nextSeq(): number {
    return this.#base + this.#payloads.length;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get readers(): number {
    return this.#cursors.length;
  }

  /** Does somebody read, as far as those know who take entries for others? */
  get isRead(): boolean {
    let isForOthers = false;
    for (const { listener } of this.#cursors) {
      if (listener.onward?.isRead === true) return true;
      isForOthers ||= listener.onward !== undefined;
    }
    return !isForOthers;
  }

  /** One after the last entry that any reader was handed, whether it reads on or has left. */
  get handedSeq(): number {
    return this.#cursors.reduce((most, each) => Math.max(most, handedTo(each)), this.#leftSeq);
  }

  /** One after the last entry of this kind that is held, or was taken for others; 0 without one. */
  endOf(kind: number): number {
    const last = this.#kinds.lastIndexOf(kind);
    if (last !== -1) return this.#base + last + 1;
    const ends = this.#cursors.map(({ listener }) => listener.onward?.endOf(kind) ?? 0);
    return Math.max(0, ...ends);
  }

  /** Who is paused when `unreadBytes` is reached. A new attempt replaces the one before. */
  producedBy(producer: Producer | null): void {
    this.#producer = producer;
    if (this.#paused) producer?.pause();
  }

  /** Adds `bytes[start, end)` without copying: the memory must not be reused. */
  appendBytes(
    bytes: Buffer,
    range: { readonly start: number; readonly end: number },
    kind: number,
  ): boolean {
    return this.#append(bytes, range, kind);
  }

  appendEvent(event: Event, kind: number): boolean {
    return this.#append(event, { start: 0, end: eventWeight(event) }, kind);
  }

  /** Nothing follows the entries there are. Readers learn of it with the next `publish`. */
  end(): void {
    this.#ended = true;
  }

  /** Wakes the readers; call once after a group of appends. */
  publish(): void {
    // A listener may close its cursor, which replaces the array: iterate over the one of now.
    for (const cursor of this.#cursors) cursor.listener.published();
    this.#trim();
    this.#count();
    if (!this.#paused && this.#heldBytes > this.#unreadLimit) {
      this.#paused = true;
      this.#producer?.pause();
    }
  }

  /**
   * A reader at `seq`, which must not have been forgotten. What is held for it counts from its
   * first look on: most logs it empties with that.
   */
  open(listener: LogListener, seq: number = this.#base): Cursor<Event> {
    if (seq < this.#base || seq > this.nextSeq) {
      throw new RangeError(
        `Cannot open a cursor at ${seq}: the log holds ${this.#base} to ${this.nextSeq}`,
      );
    }
    const cursor = new Cursor(this, listener, seq);
    this.#cursors = [...this.#cursors, cursor];
    return cursor;
  }

  /** @internal for Cursor */
  _close(cursor: Cursor<Event>): void {
    this.#leftSeq = Math.max(this.#leftSeq, handedTo(cursor));
    this.#cursors = this.#cursors.filter((other) => other !== cursor);
    this._released();
  }

  /** @internal for Cursor: a cursor moved on. */
  _released(): void {
    this.#trim();
    this.#count();
    if (this.#paused && this.#heldBytes <= this.#unreadLimit / 2) {
      this.#paused = false;
      this.#producer?.resume();
    }
  }

  /** @internal for Cursor */
  _kind(seq: number): number | undefined {
    return this.#kinds[seq - this.#base];
  }

  /** @internal for Cursor */
  _event(seq: number): Event | undefined {
    const payload = this.#payloads[seq - this.#base];
    return payload === undefined || Buffer.isBuffer(payload) ? undefined : payload;
  }

  /** @internal for Cursor: the bytes of one entry, without those beside it. */
  _bytes(seq: number): Buffer | undefined {
    const at = seq - this.#base;
    const slab = this.#payloads[at];
    return Buffer.isBuffer(slab) ? slab.subarray(this.#starts[at], this.#ends[at]) : undefined;
  }

  /** @internal for Cursor: the first sequence number after the run of adjacent bytes at `seq`. */
  _run(seq: number, skip: number): { bytes: Buffer; next: number } | undefined {
    const first = seq - this.#base;
    const slab = this.#payloads[first];
    if (!Buffer.isBuffer(slab)) return undefined;
    const start = this.#starts[first] ?? 0;
    let end = this.#ends[first] ?? 0;
    let next = first + 1;
    while (
      this.#payloads[next] === slab &&
      this.#starts[next] === end &&
      ((1 << (this.#kinds[next] ?? 0)) & skip) === 0
    ) {
      end = this.#ends[next] ?? end;
      next += 1;
    }
    const whole = start === 0 && end === slab.length;
    return { bytes: whole ? slab : slab.subarray(start, end), next: next + this.#base };
  }

  // Four parallel arrays instead of an object per entry: a stream of 64 chunks that arrive in one
  // read shares one slab and allocates nothing per entry.
  #append(
    payload: Buffer | Event,
    { start, end }: { readonly start: number; readonly end: number },
    kind: number,
  ): boolean {
    if (this.#ended) return false;
    this.#payloads.push(payload);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#kinds.push(kind);
    this.#heldBytes += end - start;
    return true;
  }

  get #unreadLimit(): number {
    return this.room.isTight ? tightBytes : this.#limits.unreadBytes;
  }

  /** A log that has ended and that nobody reads is garbage: it holds nothing any more. */
  #count(): void {
    this.#tell(this.#ended && this.#cursors.length === 0 ? 0 : this.#heldBytes);
  }

  #trim(): void {
    if (this.#cursors.length === 0) return;
    let lowest = this.nextSeq;
    for (const cursor of this.#cursors) if (cursor.seq < lowest) lowest = cursor.seq;
    const passed = lowest - this.#base;
    if (passed === 0) return;
    if (passed === this.#payloads.length) {
      this.#payloads = [];
      this.#starts = [];
      this.#ends = [];
      this.#kinds = [];
      this.#heldBytes = 0;
    } else if (passed >= 64 || this.#heldBytes > this.#limits.unreadBytes / 2) {
      this.#forget(passed);
    } else return;
    this.#base = lowest;
  }

  #forget(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#heldBytes -= (this.#ends[i] ?? 0) - (this.#starts[i] ?? 0);
    }
    this.#payloads.splice(0, count);
    this.#starts.splice(0, count);
    this.#ends.splice(0, count);
    this.#kinds.splice(0, count);
  }
}

const handedTo = ({ listener, seq }: Cursor<unknown>): number => listener.onward?.handedSeq ?? seq;

/** A reader's place in a log. A slow reader holds one of these, never a queue of its own. */
export class Cursor<Event> {
  readonly listener: LogListener;
  readonly #log: EventLog<Event>;
  #seq: number;
  #open = true;

  constructor(log: EventLog<Event>, listener: LogListener, seq: number) {
    this.#log = log;
    this.listener = listener;
    this.#seq = seq;
  }

  /** Number of the next entry to read. */
  get seq(): number {
    return this.#seq;
  }

  get atEnd(): boolean {
    return this.#log.ended && this.#seq === this.#log.nextSeq;
  }

  /** Kind of the next entry, undefined when there is none yet. */
  peek(): number | undefined {
    return this.#log._kind(this.#seq);
  }

  /** Passes over the next entry. */
  skip(): void {
    this.#seq += 1;
    this.#log._released();
  }

  /**
   * The next entry's bytes, joined with those that follow it in the same memory; undefined when the
   * next entry is an event or missing. Kinds whose bit is set in `skip` end the run before them.
   */
  takeBytes(skip = 0): Buffer | undefined {
    const run = this.#log._run(this.#seq, skip);
    if (run === undefined) return undefined;
    this.#seq = run.next;
    this.#log._released();
    return run.bytes;
  }

  /**
   * The next entry alone, undefined when there is none. Bytes are a view of memory that many
   * entries share: who keeps them copies them.
   */
  takeEntry(): LogEntry<Event> | undefined {
    const seq = this.#seq;
    const kind = this.#log._kind(seq);
    const payload = this.#log._bytes(seq) ?? this.#log._event(seq);
    if (kind === undefined || payload === undefined) return undefined;
    this.#seq += 1;
    this.#log._released();
    return { seq, kind, payload };
  }

  /** The next entry when it is an event. */
  takeEvent(): Event | undefined {
    const event = this.#log._event(this.#seq);
    if (event === undefined) return undefined;
    this.#seq += 1;
    this.#log._released();
    return event;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#log._close(this);
  }
}
