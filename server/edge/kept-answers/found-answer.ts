import { Buffer } from "node:buffer";
import { EntryWords } from "@sekisho/gateway/responses/entry-words.ts";
import { completionIn, failureIn, joined, notKept } from "@sekisho/gateway/responses/found-end.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { Pump, type PumpLog, type PumpOwner } from "@sekisho/gateway/responses/pump.ts";
import type { StreamEnd } from "@sekisho/gateway/responses/stream-store.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { EntryReader } from "@sekisho/lib/event-log/entry-reader.ts";
import type { LogListener } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { encodeKept } from "@sekisho/wire/responses/encode-kept.ts";
import {
  costHeaders,
  passedHeaders,
  repeatHeaders,
  servedHeaders,
  streamCostHeaders,
} from "../answers/answer-headers.ts";
import type { AnswerWords } from "../answers/model-surface.ts";
import { contextOf, hiddenOf, numberedLog, streamHeaders } from "./recorded-stream.ts";
import type { StreamWords } from "../answers/stream-words.ts";

export interface FoundAnswerPorts {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly log: GatewayLog;
  readonly flushMs: number;
  readonly heartbeatMs: number;
}

export interface FoundAnswerParts extends FoundAnswerPorts {
  readonly surface: AnswerWords;
  /** `req_…`, of the request that is given the answer. */
  readonly requestId: string;
  readonly isStream: boolean;
  /** It is the answer to an earlier request. */
  readonly isRepeated: boolean;
  /** Flat: what stands in the head of whatever the request is answered. */
  readonly headers: () => readonly string[];
}

/** Heads and heartbeats leave after this time even if no content came (RTE-6). */
const headWaitMs = 5_000;
/** A socket that takes no byte for so long is cut (STR-7). */
const stalledMs = 10_000;

/**
 * A recorded answer on its way to a client that has asked for it with a request of its own: status,
 * head and body as the first request of its name gets them.
 */
export class FoundAnswer implements LogListener, DeadlineOwner, PumpOwner {
  readonly #found: FoundStream;
  readonly #exchange: Exchange;
  readonly #parts: FoundAnswerParts;
  readonly #leave: () => void;
  readonly #headDeadline: Deadline = new Deadline(this);
  readonly #reader: EntryReader<CanonicalEvent>;
  /** What a whole answer says, as far as it is known. */
  readonly #bytes: Buffer[] = [];
  readonly #events: CanonicalEvent[] = [];
  #pump: Pump | null = null;
  #isOver = false;

  constructor(found: FoundStream, exchange: Exchange, parts: FoundAnswerParts) {
    this.#found = found;
    this.#exchange = exchange;
    this.#parts = parts;
    this.#leave = found.attach();
    this.#reader = new EntryReader(found.log, this, 0);
  }

  begin(): void {
    const { kept } = this.#found.head.facts;
    if (kept?.isBackground === true && !this.#parts.isStream) return this.#respondLater();
    if (this.#parts.isStream) this.#parts.wheel.arm(this.#headDeadline, headWaitMs);
    // It may be over already, or have begun when there was nobody to tell.
    this.published();
  }

  /** The answer is made without its client, who asks for it by its id. */
  #respondLater(): void {
    const { surface, headers } = this.#parts;
    const body = encodeKept([], contextOf(this.#found, surface));
    const head = [...headers(), ...this.#marks, ...streamHeaders(this.#found.head.id)];
    this.#end();
    this.#leave();
    this.#exchange.respond(200, [...head, "content-type", "application/json"], body);
  }

  published(): void {
    this.#guarded(() => {
      if (this.#isOver || this.#pump !== null) return;
      if (this.#parts.isStream) this.#look();
      else this.#collect();
    });
  }

  drained(): void {
    this.#guarded(() => this.#pump?.drained());
  }

  /** The client is gone. */
  left(): void {
    this.#end();
    this.#pump?.close();
    this.#leave();
  }

  /** No content yet: the client learns that somebody works on it. */
  deadlinePassed(): void {
    this.#guarded(() => {
      if (this.#isOver || this.#pump !== null) return;
      const { stream } = this.#parts.surface;
      this.#startStream();
      if (stream !== null) this.#exchange.write(stream.heartbeat);
    });
  }

  pumpEnded(): void {
    this.#leave();
  }

  readerStalled(): void {
    this.#break();
  }

  pumpFailed(error: unknown): void {
    this.#defect(error);
  }

  /** The first entry says whether there is an answer, or a refusal in its place. */
  #look(): void {
    const first = this.#reader.peek();
    if (this.#reader.isLost) return this.#refuse(notKept());
    if (first === undefined) return;
    const { payload } = first;
    const isRefusal = !Buffer.isBuffer(payload) && payload.type === "error";
    if (isRefusal) this.#refuse(this.#failure(payload));
    else this.#startStream();
  }

  #startStream(): void {
    const { surface, headers, ...rest } = this.#parts;
    const words = surface.stream;
    this.#end();
    if (words === null || this.#exchange.isClosed) return;
    const own = words.isNumbered ? streamHeaders(this.#found.head.id) : [];
    const cost = streamCostHeaders(this.#found.served?.cache, rest.isRepeated);
    const told = [...this.#marks, ...own, ...this.#servedHeaders, ...cost];
    this.#exchange.start(200, [...headers(), ...told, ...words.headers]);
    this.#pump = new Pump(this.#words(words), this.#exchange, {
      clock: rest.clock,
      wheel: rest.wheel,
      owner: this,
      options: {
        flushMs: rest.flushMs,
        encoder: () => words.streamEncoder(contextOf(this.#found, surface)),
        hideUsage: hiddenOf(this.#found) !== 0,
        heartbeat: words.heartbeat,
        heartbeatMs: rest.heartbeatMs,
        stalledMs,
      },
    });
    this.#pump.published();
  }

  #words(words: StreamWords): PumpLog {
    const { surface } = this.#parts;
    const lost = (): void => this.#break();
    return words.isNumbered
      ? numberedLog(this.#found, { surface, words, after: null, lost })
      : new EntryWords(this.#found.log, lost);
  }

  /** Entries are taken as they come: one that is not kept is in memory for now alone. */
  #collect(): void {
    for (let entry = this.#reader.take(); entry !== undefined; entry = this.#reader.take()) {
      if (Buffer.isBuffer(entry.payload)) this.#bytes.push(entry.payload);
      else this.#events.push(entry.payload);
    }
    if (this.#reader.isLost) return this.#refuse(notKept());
    if (this.#reader.atEnd) this.#respondWhole();
  }

  #respondWhole(): void {
    const { end } = this.#found;
    const { surface, headers } = this.#parts;
    if (end === null || end.code !== null) {
      return this.#refuse(this.#failure(this.#events.at(-1)));
    }
    const body =
      this.#bytes.length > 0
        ? joined(this.#bytes)
        : surface.codec.encodeAnswer(this.#events, contextOf(this.#found, surface));
    const head = [...headers(), ...this.#marks, ...this.#completionHeaders(end)];
    this.#end();
    this.#leave();
    this.#exchange.respond(200, [...head, "content-type", "application/json"], body);
  }

  #refuse(failure: Failure<Code>): void {
    const { surface, requestId, headers } = this.#parts;
    const { code, message, details } = failure;
    this.#end();
    this.#leave();
    if (this.#exchange.isClosed) return;
    const error = surface.codec.encodeError(code, message, { ...details, requestId });
    const served = [...this.#marks, ...this.#servedHeaders];
    const head = [...headers(), ...served, "x-sekisho-cause", code, ...error.headers];
    this.#exchange.respond(error.status, head, error.body);
  }

  get #marks(): readonly string[] {
    return this.#parts.isRepeated ? repeatHeaders(this.#found.head.id) : [];
  }

  get #servedHeaders(): readonly string[] {
    const { served } = this.#found;
    return served === null ? [] : servedHeaders(served);
  }

  #completionHeaders(end: StreamEnd): readonly string[] {
    const { surface, isRepeated } = this.#parts;
    const completion = completionIn(end, isRepeated);
    const { costNanoUsd } = completion;
    return [
      ...this.#servedHeaders,
      ...costHeaders(costNanoUsd),
      ...passedHeaders(surface.completionHeaders?.(completion) ?? []),
    ];
  }

  /** As its first client was told. */
  #failure(last: CanonicalEvent | undefined): Failure<Code> {
    return failureIn(this.#found, last) ?? new Failure<Code>("internal", codes.internal.meaning);
  }

  /** Nothing more is decided: what is left is the pump's. */
  #end(): void {
    this.#isOver = true;
    this.#parts.wheel.cancel(this.#headDeadline);
    this.#reader.close();
  }

  /** Whoever calls is in the midst of other work. */
  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#defect(error);
    }
  }

  #defect(error: unknown): void {
    const { log, requestId } = this.#parts;
    log.error("an answer failed for a reason that nobody foresaw", { requestId, error });
    this.#break();
  }

  #break(): void {
    this.left();
    this.#exchange.destroy();
  }
}
