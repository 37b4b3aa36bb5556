import { Buffer } from "node:buffer";
import { EventLog, type LogListener, type Onward } from "@sekisho/lib/event-log/event-log.ts";
import { entryBytes } from "@sekisho/lib/event-log/log-entry.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Answer, Completion, Served } from "../answer.ts";
import type { AnswerEntry } from "./cached-answer.ts";

/** Somebody who reads an answer that is being made. */
export interface Seat {
  readonly answer: Answer;
  /** Monotonic: from then on it waits no longer. */
  readonly deadlineMs: number;
  /** The answer came to nothing before this one was told any of it. */
  missed(end: MissedEnd): void;
}

export interface MissedEnd {
  readonly failure: Failure<Code>;
  readonly served: Served | null;
  /** It was the first one's own fault, and says nothing of the others. */
  readonly isPersonal: boolean;
}

type Landed = (entries: readonly AnswerEntry[] | null, completion: Completion) => void;

export interface FlightParts {
  readonly clock: Clock;
  /** Monotonic: who comes later takes no seat, so that it ends for all that come one by one. */
  readonly boardsUntilMs: number;
  /** As `formOf` whoever asks the provider; null where its answer is events, for everybody. */
  readonly form: string | null;
  /** Nobody may take a seat any more. */
  readonly closed: (flight: Flight) => void;
}

/** Of the client that asked first, or of its own deadline. */
const personal: ReadonlySet<Code> = new Set<Code>([
  "cancelled",
  "client_closed",
  "deadline_exceeded",
  "slow_reader",
]);

/** What is collected of one answer, for those that come late and to be kept (STR-8). */
export const collectedBytesLimit = 8 * 1_048_576;

/**
 * One answer that several requests read while it is made: the first of them asks the provider, and
 * whoever says the same meanwhile is told what was told before, and the rest as it comes (STR-14).
 * Each of them may leave, by its client or its own deadline; the upstream call is nobody's, is read
 * at the pace of the quickest and goes on for the most patient.
 */
export class Flight implements Answer, LogListener, Onward {
  readonly log = new EventLog<CanonicalEvent>();
  readonly #parts: FlightParts;
  readonly #cursor = this.log.open(this);
  #seats: readonly Seat[] = [];
  /** Readers that have not read what they were told: with all of them behind, nothing is read. */
  readonly #behind = new Set<Seat>();
  /** Of all seats but one that is alone with its call: its deadline is that of the call. */
  readonly #timers = new Map<Seat, Timer>();
  /** As far as the furthest of those who have left. */
  #leftSeq = 0;
  /** By kind, one after the last entry that was told. */
  readonly #ends: number[] = [];
  #entries: AnswerEntry[] | null = [];
  #bytes = 0;
  #dropped: readonly string[] = [];
  #served: Served | null = null;
  #abort: ((cause: Code) => void) | null = null;
  #landed: Landed | null = null;
  #isOver = false;

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  /** Does anybody wait for it? */
  get isWanted(): boolean {
    return !this.#isOver && this.#seats.length > 0;
  }

  /** Those who have a seat stand for it, and not itself. */
  get onward(): Onward {
    return this;
  }

  get isRead(): boolean {
    return this.#seats.some(({ answer }) => answer.log.isRead);
  }

  get handedSeq(): number {
    const seqs = this.#seats.map(({ answer }) => answer.log.handedSeq);
    return Math.max(this.#leftSeq, ...seqs);
  }

  endOf(kind: number): number {
    return this.#ends[kind] ?? 0;
  }

  /** Could somebody who reads this form be told all of it? */
  takes(form: string): boolean {
    const { form: own, clock, boardsUntilMs } = this.#parts;
    const isOpen = !this.#isOver && this.#entries !== null;
    return isOpen && clock.monotonicMs() < boardsUntilMs && (own === null || own === form);
  }

  /** The last of those who read it waits so long. */
  get deadlineMs(): number {
    return this.#seats.reduce((latest, seat) => Math.max(latest, seat.deadlineMs), -Infinity);
  }

  /** Tells `seat` what was told so far, and the rest as it comes. */
  board(seat: Seat): void {
    const { answer } = seat;
    this.#seats = [...this.#seats, seat];
    // Who comes before there is an upstream call has no other deadline.
    if (this.#seats.length > 1 || this.#abort === null) {
      for (const each of this.#seats) this.#limit(each);
    }
    answer.log.producedBy({
      pause: () => this.#behind.add(seat),
      resume: () => this.#caughtUp(seat),
    });
    if (this.#dropped.length > 0) answer.attempted(this.#dropped);
    if (this.#served === null) return;
    answer.commit(this.#served);
    for (const entry of this.#entries ?? []) append(answer, entry);
    answer.log.publish();
  }

  /** `landed` is told everything once it was told; `entries` null where that was too much. */
  landsAt(landed: Landed): void {
    this.#landed = landed;
  }

  /** Ends the upstream call, once there is one. */
  endedBy(abort: (cause: Code) => void): void {
    this.#abort = abort;
  }

  /** It is told nothing at all any more. */
  dismiss(seat: Seat): void {
    this.#seats = this.#seats.filter((other) => other !== seat);
    this.#timers.get(seat)?.cancel();
    this.#timers.delete(seat);
    this.#caughtUp(seat);
  }

  /** It is told no more than why. With the last of them the upstream call ends. */
  depart(seat: Seat, cause: Code): void {
    if (!this.#seats.includes(seat)) return;
    this.#leftSeq = this.handedSeq;
    this.dismiss(seat);
    seat.answer.fail(new Failure<Code>(cause, partingWords(cause)), this.#served);
    if (this.#seats.length === 0 && !this.#isOver) this.#abort?.(cause);
  }

  attempted(dropped: readonly string[]): void {
    this.#dropped = [...new Set([...this.#dropped, ...dropped])];
    for (const { answer } of this.#seats) answer.attempted(dropped);
  }

  commit(served: Served): void {
    this.#served = served;
    for (const { answer } of this.#seats) answer.commit(served);
  }

  published(): void {
    if (this.#isBehind || !this.#copy()) return;
    for (const { answer } of this.#seats) answer.log.publish();
  }

  complete(completion: Completion): void {
    this.#close();
    for (const { answer } of this.#seats) answer.complete(completion);
    // Who waits for it first, and nobody else runs in between.
    this.#landed?.(this.#entries, completion);
  }

  fail(failure: Failure<Code>, served: Served | null): void {
    this.#fail({ failure, served, isPersonal: personal.has(failure.code) });
  }

  /** The first one was refused, and nothing was sent for anybody. */
  refused(failure: Failure<Code>): void {
    if (!this.#isOver) this.#fail({ failure, served: null, isPersonal: true });
  }

  #fail(end: MissedEnd): void {
    this.#close();
    const seats = this.#seats;
    // Who goes on elsewhere leaves from there.
    this.#seats = [];
    for (const seat of seats) {
      if (this.#served === null) seat.missed(end);
      else seat.answer.fail(end.failure, end.served);
    }
  }

  #limit(seat: Seat): void {
    if (this.#timers.has(seat)) return;
    const { clock } = this.#parts;
    const leave = (): void => this.depart(seat, "deadline_exceeded");
    this.#timers.set(seat, clock.after(seat.deadlineMs - clock.monotonicMs(), leave));
  }

  get #isBehind(): boolean {
    return this.#behind.size > 0 && this.#behind.size >= this.#seats.length;
  }

  #caughtUp(seat: Seat): void {
    if (this.#behind.delete(seat) && !this.#isOver) this.published();
  }

  #close(): void {
    this.log.end();
    this.#copy();
    this.#isOver = true;
    this.#cursor.close();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#parts.closed(this);
  }

  /** False where nothing has come. */
  #copy(): boolean {
    let hasNews = false;
    for (;;) {
      const entry = this.#cursor.takeEntry();
      if (entry === undefined) return hasNews;
      hasNews = true;
      this.#collect(entry);
      for (const { answer } of this.#seats) append(answer, entry);
    }
  }

  #collect(entry: AnswerEntry & { readonly seq: number }): void {
    this.#ends[entry.kind] = entry.seq + 1;
    if (this.#entries === null) return;
    this.#bytes += entryBytes(entry);
    if (this.#bytes > collectedBytesLimit) this.#entries = null;
    else this.#entries.push(entry);
  }
}

const partingWords = (cause: Code): string =>
  cause === "deadline_exceeded"
    ? "The answer was cut: the request's deadline has passed"
    : "The call was ended before it was answered whole";

function append({ log }: Answer, { kind, payload }: AnswerEntry): void {
  if (Buffer.isBuffer(payload)) log.appendBytes(payload, { start: 0, end: payload.length }, kind);
  else log.appendEvent(payload, kind);
}
