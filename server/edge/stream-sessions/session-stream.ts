import { EntryReader } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import type { LogEntry } from "@sekisho/lib/event-log/log-entry.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { streamIdPrefix } from "@sekisho/gateway/responses/stream-place.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import { awaitsMore, framesOf, joined } from "@sekisho/wire/stream/event-frames.ts";
import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";

/** The session that a stream is written to. */
export interface SessionSink {
  /** Too much is waiting in the socket already: the log is left alone (STR-7). */
  readonly isBehind: boolean;
  send(frame: ServerFrame): void;
  /** The stream has said its last word, or cannot go on. */
  streamOver(stream: SessionStream): void;
}

export interface SessionStreamParts {
  readonly sink: SessionSink;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Deltas within this time after a frame leave in the next one; the first and the last do not. */
  readonly flushMs: number;
  /** It is the answer to an earlier request: this one pays nothing for it. */
  readonly isRepeated?: boolean;
}

/** What the client has already. */
export interface ReadFrom {
  /** -1: nothing. */
  readonly after: number;
  /** Parts of that entry; null: all of it. */
  readonly part: number | null;
}

interface Held {
  readonly seq: number;
  readonly event: CanonicalEvent;
}

/** One response on a session: reads its log, joins what belongs together, and sends it. */
export class SessionStream implements LogListener, DeadlineOwner {
  /** `rsp_…` */
  readonly response: string;
  readonly #found: FoundStream;
  readonly #from: ReadFrom;
  readonly #parts: SessionStreamParts;
  readonly #reader: EntryReader<CanonicalEvent>;
  readonly #leave: () => void;
  readonly #flush: Deadline = new Deadline(this);
  /** The terminal: it leaves behind everything else. */
  #last: Held | null = null;
  /** Events joined so far, up to that entry. */
  #held: Held | null = null;
  /** Of the entry at hand, what the session has not taken yet; the last one first. */
  #frames: ServerFrame[] = [];
  #state: "running" | "waiting" | "over" = "running";
  #sentAtMs = -Infinity;
  #sentSeq: number;

  constructor(found: FoundStream, from: ReadFrom, parts: SessionStreamParts) {
    this.response = `${streamIdPrefix}${found.head.id}`;
    this.#found = found;
    this.#parts = parts;
    this.#from = from;
    this.#sentSeq = from.after;
    this.#leave = found.attach();
    const start = from.part === null ? from.after + 1 : from.after;
    this.#reader = new EntryReader(found.log, this, Math.min(start, found.log.nextSeq));
  }

  /** The last entry that the client has been sent, or -1. */
  get sentSeq(): number {
    return this.#sentSeq;
  }

  published(): void {
    if (this.#state !== "running") return;
    const { clock, wheel, flushMs } = this.#parts;
    const waitMs = this.#sentAtMs + flushMs - clock.monotonicMs();
    if (waitMs <= 0 || this.#found.log.ended) return this.copy();
    this.#state = "waiting";
    wheel.arm(this.#flush, waitMs);
  }

  deadlinePassed(): void {
    this.copy();
  }

  /** Sends what there is, as far as the session takes it. */
  copy(): void {
    if (this.#state === "over") return;
    this.#parts.wheel.cancel(this.#flush);
    this.#state = "running";
    const { sink } = this.#parts;
    while (!sink.isBehind && !this.#isOver) {
      const frame = this.#frames.pop();
      if (frame !== undefined) {
        sink.send(frame);
        continue;
      }
      const last = this.#last;
      if (last !== null) return this.#end(last);
      const entry = this.#reader.take();
      if (entry !== undefined) this.#take(entry);
      else if (!this.#catchUp()) return;
    }
  }

  get #isOver(): boolean {
    return this.#state === "over";
  }

  /** Nobody reads here any more. */
  close(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#parts.wheel.cancel(this.#flush);
    this.#reader.close();
    this.#leave();
  }

  #take({ seq, kind, payload }: LogEntry<CanonicalEvent>): void {
    // Only events are recorded for sessions: who resumes has been checked for that.
    if (Buffer.isBuffer(payload) || payload.type === "ping") return;
    if (kind === entryKind.terminal) {
      this.#write();
      this.#last = { seq, event: payload };
      return;
    }
    const both = this.#held === null ? null : joined(this.#held.event, payload);
    if (both === null) this.#write();
    this.#held = { seq, event: both ?? payload };
  }

  /** Everything was read: false where nothing is left to send either. */
  #catchUp(): boolean {
    if (this.#reader.isLost) {
      const { response } = this;
      const message = "The answer has grown beyond what is kept of it";
      this.#parts.sink.send({ type: "error", response, code: "stream_expired", message });
      this.#over();
      return false;
    }
    if (this.#held === null || awaitsMore(this.#held.event)) return false;
    this.#write();
    return true;
  }

  #write(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    this.#sentSeq = held.seq;
    this.#sentAtMs = this.#parts.clock.monotonicMs();
    const frames = framesOf({ response: this.response, seq: held.seq }, held.event);
    const had = held.seq === this.#from.after ? (this.#from.part ?? 0) : 0;
    this.#frames = frames.slice(had).toReversed();
  }

  #end({ seq, event: last }: Held): void {
    const { sink } = this.#parts;
    const { response } = this;
    if (last.type === "error") {
      const { code, message, retryAfterMs } = last;
      const more = retryAfterMs === null ? {} : { retryAfterMs };
      sink.send({ type: "error", response, seq, code, message, ...more });
    } else if (last.type === "finish") {
      const { end } = this.#found;
      const cost = this.#parts.isRepeated === true ? 0 : (end?.costNanoUsd ?? null);
      const { leftOutMessages, summary, cache, arm } = end?.head?.served ?? {};
      sink.send({
        type: "done",
        response,
        seq,
        finish: last.reason,
        usage: end?.usage ?? null,
        costNanoUsd: cost,
        metrics: { firstTokenMs: end?.firstTokenMs ?? 0, latencyMs: end?.latencyMs ?? 0 },
        ...(leftOutMessages === undefined ? {} : { leftOutMessages }),
        ...(summary === undefined ? {} : { isSummarised: true as const }),
        ...(cache === undefined ? {} : { cache }),
        ...(arm === undefined ? {} : { arm }),
      });
    }
    this.#over();
  }

  #over(): void {
    this.close();
    this.#parts.sink.streamOver(this);
  }
}
