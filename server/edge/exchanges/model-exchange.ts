import type { Completion } from "@sekisho/gateway/answer.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import { toldHistory, type Call } from "@sekisho/gateway/call.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { Pipeline } from "@sekisho/gateway/pipeline.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import { Pump, type PumpLog, type PumpOwner } from "@sekisho/gateway/responses/pump.ts";
import type {
  Response,
  ResponseState,
  ResponseWatcher,
} from "@sekisho/gateway/responses/response.ts";
import { endOf, type Streams } from "@sekisho/gateway/responses/streams.ts";
import { encodeKept } from "@sekisho/wire/responses/encode-kept.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { AnswerContext, AnswerTiming } from "@sekisho/wire/canonical/codec.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";
import {
  armHeaders,
  beginningHeaders,
  cacheHeaders,
  completionHeaders,
  droppedHeaders,
  historyHeaders,
  passedHeaders,
  requestHeaders,
  servedHeaders,
} from "../answers/answer-headers.ts";
import { arrivalOf, type ArrivalPorts, type Asked } from "./arrival.ts";
import { ClientDeparture } from "./client-departure.ts";
import { readFailure } from "../answers/failure-reading.ts";
import type { ModelSurface } from "../answers/model-surface.ts";
import type { StreamWords } from "../answers/stream-words.ts";
import { rateHeaders } from "../answers/rate-headers.ts";
import { AnswerRecord } from "../kept-answers/answer-record.ts";
import { KeptRequest } from "../kept-answers/kept-request.ts";
import {
  asksToResume,
  contextOf,
  numberedLog,
  streamHeaders,
} from "../kept-answers/recorded-stream.ts";
import { refuseRequest } from "../answers/refuse-request.ts";
import { holdAnswer, takeWholeAnswer } from "../answers/whole-answer.ts";

export interface ModelExchangePorts extends ArrivalPorts {
  readonly pipeline: Pick<Pipeline, "run">;
  readonly ids: IdSource;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
  /** Where answers are kept that clients come back to; absent: nowhere. */
  readonly streams?: Streams;
  readonly flushMs: number;
  readonly heartbeatMs: number;
}

const noTiming: AnswerTiming = { firstTokenMs: 0, latencyMs: 0 };

/** Head and heartbeats leave after this time even if no content came (RTE-6). */
const headWaitMs = 5_000;
/** A socket that takes no byte for so long is cut (STR-7). */
const stalledMs = 10_000;

/**
 * A model request on its way through HTTP: hands it to the pipeline, then writes the answer from
 * the response's log, as a stream or as one document.
 */
export class ModelExchange implements ExchangeObserver, ResponseWatcher, DeadlineOwner, PumpOwner {
  readonly #exchange: Exchange;
  readonly #asked: Asked<ModelSurface>;
  readonly #surface: ModelSurface;
  readonly #ports: ModelExchangePorts;
  readonly #id: string;
  readonly #departure = new ClientDeparture();
  readonly #headDeadline: Deadline = new Deadline(this);
  #principal: Principal | null = null;
  #standing: RateStanding | null = null;
  #call: Call | null = null;
  #response: Response | null = null;
  readonly #kept: KeptRequest | null = null;
  #record: AnswerRecord | null = null;
  #pump: Pump | null = null;
  #isBroken = false;

  constructor(exchange: Exchange, asked: Asked<ModelSurface>, ports: ModelExchangePorts) {
    this.#exchange = exchange;
    this.#asked = asked;
    this.#surface = asked.surface;
    this.#ports = ports;
    this.#id = ports.ids.newBody();
    if (ports.streams !== undefined && KeptRequest.isFor(asked.surface.name)) {
      this.#kept = new KeptRequest(ports.streams, () => this.#principal, true);
    }
    exchange.observe(this);
  }

  async serve(): Promise<void> {
    try {
      const isResumable = this.#surface.stream?.isNumbered === true && asksToResume(this.#head);
      if (isResumable) this.#ports.streams?.checkRoom();
      const running = await this.#ports.pipeline.run(this.#arrival());
      const { call, response } = running;
      this.#call = call;
      this.#response = response;
      const kept = this.#kept?.factsOf(call) ?? null;
      const { streams } = this.#ports;
      if (streams !== undefined && (kept !== null || (isResumable && this.#isStream))) {
        this.#record = new AnswerRecord(streams, running, kept);
        if (this.#exchange.isClosed) this.#record.leave();
      }
      if (kept?.isBackground === true && !this.#isStream) return await this.#respondLater();
      response.watch(this);
      if (this.#isStream) this.#ports.wheel.arm(this.#headDeadline, headWaitMs);
      // It may be over already, when there was nobody yet to tell.
      this.stateChanged(response.state);
    } catch (error) {
      const failure = readFailure(error, this.#ports.log, this.#id);
      this.#ports.refused.record({
        id: this.#id,
        surface: this.#surface.name,
        code: failure.code,
        principal: this.#principal,
      });
      this.#refuse(failure, []);
    }
  }

  stateChanged(state: ResponseState): void {
    this.#guarded(() => this.#answer(state));
  }

  drained(): void {
    this.#guarded(() => this.#pump?.drained());
  }

  closed(): void {
    this.#guarded(() => {
      this.#ports.wheel.cancel(this.#headDeadline);
      this.#departure.left();
      this.#pump?.close();
      this.#abandon("client_closed");
    });
  }

  /** No content yet: the client learns that somebody works on it; fail-over stays possible. */
  deadlinePassed(): void {
    this.#guarded(() => {
      if (this.#pump !== null) return;
      const dropped = droppedHeaders(this.#response?.dropped ?? []);
      const { shortened, cache } = this.#call ?? {};
      const history = shortened === undefined ? [] : historyHeaders(toldHistory(shortened));
      this.#startStream([...this.#armHeaders, ...dropped, ...history, ...cacheHeaders(cache)]);
      if (this.#surface.stream !== null) this.#exchange.write(this.#surface.stream.heartbeat);
    });
  }

  pumpEnded(): void {
    this.#pump = null;
  }

  readerStalled(): void {
    this.#guarded(() => {
      this.#abandon("slow_reader");
      this.#exchange.destroy();
    });
  }

  pumpFailed(error: unknown): void {
    this.#break(error);
  }

  /** The answer is made without its client, who asks for it by its id. */
  async #respondLater(): Promise<void> {
    const stream = this.#record?.stream;
    if (stream === undefined) return;
    try {
      await stream.kept;
    } catch (error) {
      this.#response?.cancel("cancelled");
      throw error;
    }
    const body = encodeKept([], contextOf(stream.found, this.#surface));
    const rates = rateHeaders(this.#standing, this.#surface);
    const headers = [...this.#requestHeaders, ...rates, ...streamHeaders(this.#id)];
    this.#exchange.respond(200, [...headers, "content-type", "application/json"], body);
  }

  /** Nobody reads here any more: an answer that can be read again goes on for a while (STR-6). */
  #abandon(cause: "client_closed" | "internal" | "slow_reader"): void {
    if (this.#record === null) this.#response?.cancel(cause);
    else this.#record.leave();
  }

  /** A defect ends this exchange alone: whoever calls is in the midst of other work. */
  #guarded(step: () => void): void {
    if (this.#isBroken) return;
    try {
      step();
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    this.#isBroken = true;
    this.#ports.wheel.cancel(this.#headDeadline);
    const requestId = `req_${this.#id}`;
    this.#ports.log.error("an answer failed for a reason that nobody foresaw", {
      requestId,
      error,
    });
    // Not in this turn: the attempt that called goes on with its work first.
    queueMicrotask(() => {
      this.#pump?.close();
      this.#abandon("internal");
      this.#exchange.destroy();
    });
  }

  #answer(state: ResponseState): void {
    switch (state.kind) {
      case "pending":
        return;
      case "committed":
        if (this.#isStream) this.#startStream(beginningHeaders(state.served));
        return;
      case "complete":
        // One that was kept is whole from the start.
        if (this.#isStream) return this.#startStream(beginningHeaders(state.completion.served));
        return this.#whole(state.completion);
      case "failed": {
        this.#ports.wheel.cancel(this.#headDeadline);
        // A stream that has begun tells of the failure by its last event.
        if (this.#pump !== null) return;
        const served = state.served === null ? this.#armHeaders : servedHeaders(state.served);
        return this.#refuse(state.failure, served);
      }
    }
  }

  get #isStream(): boolean {
    return this.#call?.request.read.facts.stream === true;
  }

  get #head(): Exchange["head"] {
    return this.#exchange.head;
  }

  #arrival(): Arrival {
    const arrival = arrivalOf(this.#exchange, this.#asked, {
      ...this.#ports,
      id: this.#id,
      accepted: (principal) => (this.#principal = principal),
      rated: (standing) => (this.#standing = standing),
      gone: this.#departure.signal,
    });
    return this.#kept?.arriving(arrival) ?? arrival;
  }

  #startStream(served: readonly string[]): void {
    this.#ports.wheel.cancel(this.#headDeadline);
    const { stream } = this.#surface;
    if (stream === null || this.#pump !== null || this.#response === null) return;
    if (this.#exchange.isClosed) return;
    const rates = rateHeaders(this.#standing, this.#surface);
    const own = this.#record === null ? [] : streamHeaders(this.#id);
    const headers = [...this.#requestHeaders, ...rates, ...own, ...served, ...stream.headers];
    this.#exchange.start(200, headers);
    this.#pump = new Pump(this.#log(this.#response, stream), this.#exchange, {
      clock: this.#ports.clock,
      wheel: this.#ports.wheel,
      owner: this,
      options: {
        flushMs: this.#ports.flushMs,
        encoder: () => stream.streamEncoder(this.#context()),
        hideUsage: this.#call?.request.read.facts.streamUsage !== true,
        heartbeat: stream.heartbeat,
        heartbeatMs: this.#ports.heartbeatMs,
        stalledMs,
      },
    });
    // What came before there was anybody to tell.
    this.#pump.published();
  }

  #log(response: Response, words: StreamWords): PumpLog {
    if (this.#record === null) return response.log;
    const lost = (): void => this.readerStalled();
    return numberedLog(this.#record.stream.found, {
      surface: this.#surface,
      words,
      after: null,
      lost,
    });
  }

  #whole(completion: Completion): void {
    const log = this.#record?.stream.log;
    if (log === undefined) return this.#respondWhole(completion);
    // Who has the answer can ask for it again.
    void endOf(log).then(() => this.#guarded(() => this.#respondWhole(completion)));
  }

  #respondWhole(completion: Completion): void {
    if (this.#response === null || this.#exchange.isClosed) return;
    const record = this.#record;
    const cursor = record?.whole ?? holdAnswer(this.#response.log);
    const body = takeWholeAnswer(cursor, (events) =>
      this.#surface.codec.encodeAnswer(
        events,
        record === null ? this.#context() : contextOf(record.stream.found, this.#surface),
      ),
    );
    const headers = [
      ...this.#requestHeaders,
      ...(record === null ? [] : streamHeaders(this.#id)),
      ...rateHeaders(this.#standing, this.#surface),
      ...completionHeaders(completion),
      ...passedHeaders(this.#surface.completionHeaders?.(completion) ?? []),
      "content-type",
      "application/json",
    ];
    this.#exchange.respond(200, headers, body);
  }

  #refuse(failure: Failure<Code>, served: readonly string[]): void {
    const known = { standing: this.#standing, principal: this.#principal };
    const refused = { requestId: `req_${this.#id}`, failure, served, ...known };
    refuseRequest(this.#exchange, this.#surface, refused);
  }

  #context(): AnswerContext {
    const read: ReadRequest | null = this.#call?.request.read ?? null;
    return {
      id: `${this.#surface.idPrefix}${this.#id}`,
      requestId: `req_${this.#id}`,
      model: this.#call?.request.read.facts.model ?? "",
      createdMs: this.#call?.arrivedWallMs ?? 0,
      streamUsage: this.#call?.request.read.facts.streamUsage === true,
      nativeWords: this.#call?.request.read.facts.nativeWords ?? null,
      repeatedMembers: () => read?.repeatedMembers?.() ?? "",
      timing: () => this.#completion?.timing ?? noTiming,
      region: () => this.#completion?.served.target.region ?? "",
    };
  }

  /** There before the log's last entry is published: each reader of it is told the same. */
  get #completion(): Completion | null {
    const state = this.#response?.state;
    return state?.kind === "complete" ? state.completion : null;
  }

  /** Known before anybody has served it. */
  get #armHeaders(): readonly string[] {
    const choice = this.#call?.choice;
    return choice?.kind === "split" ? armHeaders(choice.alias) : [];
  }

  get #requestHeaders(): readonly string[] {
    return requestHeaders(`req_${this.#id}`, this.#surface.requestIdHeader);
  }
}
