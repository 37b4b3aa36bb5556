import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { OnceCall, OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import type { Pipeline } from "@sekisho/gateway/pipeline.ts";
import { readerOf } from "@sekisho/gateway/principal.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { streamIdOf, streamIdPrefix } from "@sekisho/gateway/responses/stream-place.ts";
import { checkKept, unknownStream, type Streams } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  SessionObserver,
  WebSocketSession,
} from "@sekisho/lib/http/websocket/websocket-session.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { Deadline, type DeadlineOwner, type TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { parseClientFrame, type ClientFrame } from "@sekisho/wire/stream/client-frame.ts";
import { closeCodes } from "@sekisho/wire/stream/close-codes.data.ts";
import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";
import { ClientDeparture } from "../exchanges/client-departure.ts";
import { readFailure } from "../answers/failure-reading.ts";
import { headOf, recordCall } from "../kept-answers/recorded-stream.ts";
import {
  SessionStanding,
  type Standing,
  type StandingOwner,
  type StandingPorts,
} from "./session-standing.ts";
import { SessionStream, type ReadFrom, type SessionSink } from "./session-stream.ts";
import { startArrival, type StartFrame } from "./start-arrival.ts";

export interface SessionPorts extends StandingPorts {
  readonly pipeline: Pick<Pipeline, "run">;
  /** For requests that may be repetitions; absent: there are none. */
  readonly onceCalls?: OnceCalls;
  readonly streams: Streams;
  readonly ids: IdSource;
  readonly wheel: TimerWheel;
  readonly log: GatewayLog;
  readonly refused: RequestRefused;
  readonly isDraining: () => boolean;
  readonly flushMs: number;
  readonly heartbeatMs: number;
  /** The session is gone. */
  readonly left: (session: StreamSession) => void;
}

/** How long somebody may stay who has not said who it is. */
const authWindowMs = 5_000;
/** A client that says nothing at all for so many pings is gone. */
const silentPings = 6;
/** A socket that takes no byte for so long is closed (STR-7). */
const stalledMs = 10_000;
/** More than this is never left in the socket of one client. */
const bufferedBytesLimit = 256 * 1_024;
/** STR-8 */
const streamsLimit = 16;
const drainRetryMs = 1_000;

const fromStart: ReadFrom = { after: -1, part: null };

type ResumeFrame = Extract<ClientFrame, { type: "resume" }>;

/** A request that is under way, or that was answered before. */
type Begun = Pick<OnceCall, "answer" | "isRepeated">;

/** What a session is at: most of 10,000 do nothing most of the time, and hold nothing for it. */
interface Work {
  readonly departure: ClientDeparture;
  readonly streams: Map<string, SessionStream>;
  /** Requests that have no response yet, by the client's names for them. */
  readonly starting: Set<string>;
}

const newWork = (): Work => ({
  departure: new ClientDeparture(),
  streams: new Map(),
  starting: new Set(),
});

/** One client over WebSocket: its requests, and the streams that answer them. */
export class StreamSession implements SessionObserver, SessionSink, StandingOwner, DeadlineOwner {
  readonly #session: WebSocketSession;
  readonly #ports: SessionPorts;
  readonly #standing: SessionStanding;
  readonly #beat: Deadline = new Deadline(this);
  /** Null before its first request. */
  #work: Work | null = null;
  #pingsUnheard = 0;
  #isBehind = false;
  #stall: { readonly bytes: number; readonly sinceMs: number } | null = null;

  /** `token` null: it is to come in the first frame. */
  constructor(session: WebSocketSession, token: string | null, ports: SessionPorts) {
    this.#session = session;
    this.#ports = ports;
    this.#standing = new SessionStanding(session, this, ports);
    session.observe(this);
    if (token === null) ports.wheel.arm(this.#beat, authWindowMs);
    else this.#standing.prove(token);
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  text(text: string): void {
    this.#pingsUnheard = 0;
    if (this.#standing.holds(text)) return;
    const read = parseClientFrame(text);
    if (!read.ok) return this.#session.close(closeCodes.badFrame, read.message);
    const frame = read.value;
    if (frame.type === "authenticate") return this.#standing.prove(frame.token);
    // With each ping it is looked whether the key still counts.
    if (frame.type === "pong" && this.#standing.isKnown) return;
    // With each frame: what a key says after it was revoked is not done.
    const standing = this.#standing.check();
    if (standing !== null) this.#obey(frame, standing);
  }

  admitted(isFirst: boolean): void {
    const { wheel, heartbeatMs } = this.#ports;
    if (isFirst) wheel.arm(this.#beat, heartbeatMs);
    this.send({ type: "authenticated" });
  }

  expires(expiresInMs: number): void {
    this.send({ type: "auth_expiring", expiresInMs });
  }

  failureOf(error: unknown): Failure<Code> {
    return readFailure(error, this.#ports.log, `req_${this.#ports.ids.newBody()}`);
  }

  drained(): void {
    this.#isBehind = false;
    this.#stall = null;
    for (const stream of this.#streams) stream.copy();
  }

  closed(): void {
    this.#ports.wheel.cancel(this.#beat);
    this.#work?.departure.left();
    for (const stream of this.#streams) stream.close();
    this.#work?.streams.clear();
    this.#ports.left(this);
  }

  send(frame: ServerFrame): void {
    this.#isBehind = !this.#session.send(JSON.stringify(frame));
    if (this.#session.bufferedBytes > bufferedBytesLimit) this.#closeSlow();
  }

  streamOver(stream: SessionStream): void {
    this.#work?.streams.delete(stream.response);
  }

  /** Nothing more is begun here: the client comes back to another process, or to a later one. */
  drain(): void {
    const retry = JSON.stringify({ retryAfterMs: drainRetryMs });
    this.#session.close(closeCodes.goingAway, retry);
  }

  deadlinePassed(): void {
    const { wheel, clock, heartbeatMs } = this.#ports;
    if (!this.#standing.isKnown) {
      return this.#session.close(closeCodes.unauthenticated, "nobody said in time who this is");
    }
    if (this.#pingsUnheard >= silentPings) return this.#session.destroy();
    if (this.#standing.check() === null) return;
    this.#standing.warn();
    if (this.#isStalled()) return this.#closeSlow();
    this.#pingsUnheard += 1;
    wheel.arm(this.#beat, heartbeatMs);
    if (!this.#isBehind) this.send({ type: "ping", serverTime: rfc3339(clock.wallMs()) });
  }

  #obey(frame: Exclude<ClientFrame, { type: "authenticate" }>, standing: Standing): void {
    switch (frame.type) {
      case "pong":
        return;
      case "cancel":
        return void this.#cancel(frame.response, standing);
      case "resume":
        return this.#resume(frame, standing);
      case "start":
        if (this.#atWork.starting.has(frame.id)) {
          return this.#session.close(closeCodes.conflict, `"${frame.id}" is under way`);
        }
        void this.#start(frame, standing);
    }
  }

  get #atWork(): Work {
    return (this.#work ??= newWork());
  }

  get #streams(): Iterable<SessionStream> {
    return this.#work?.streams.values() ?? [];
  }

  #resume(frame: ResumeFrame, standing: Standing): void {
    const { response } = frame;
    try {
      const found = this.#find(response, standing);
      checkKept(found);
      // One that it reads already is read on in its own place.
      if (!this.#atWork.streams.has(`${streamIdPrefix}${found.head.id}`)) this.#checkRoom();
      this.#read(null, found, this.#placeIn(found, frame));
    } catch (error) {
      this.#tell({ response }, this.failureOf(error));
    }
  }

  async #cancel(response: string, standing: Standing): Promise<void> {
    try {
      await this.#find(response, standing).cancel();
    } catch (error) {
      this.#tell({ response }, this.failureOf(error));
    }
  }

  async #start(frame: StartFrame, { token, principal }: Standing): Promise<void> {
    const { ids, refused, isDraining } = this.#ports;
    const id = ids.newBody();
    const session = this.#session;
    const { departure, starting } = this.#atWork;
    const gone = departure.signal;
    try {
      this.#checkRoom();
      starting.add(frame.id);
      // What was answered under that name before needs none.
      if (frame.idempotencyKey === null) this.#ports.streams.checkRoom();
      if (isDraining()) throw new Failure<Code>("draining", codes.draining.meaning);
      const arrival = startArrival(frame, { id, token, session, gone });
      const begun = await this.#run(frame, arrival);
      if (begun !== null) this.#read(frame.id, begun.answer, { ...fromStart, ...begun });
    } catch (error) {
      const failure = this.failureOf(error);
      refused.record({ id, surface: "stream", code: failure.code, principal });
      this.#tell({ id: frame.id }, failure);
    } finally {
      starting.delete(frame.id);
    }
  }

  /** Null where nobody waits for it any more. */
  async #run(frame: StartFrame, arrival: Arrival): Promise<Begun | null> {
    const { pipeline, streams, onceCalls } = this.#ports;
    const joins = onceCalls?.joins;
    const name = joins?.byName === true ? frame.idempotencyKey : null;
    if (onceCalls !== undefined && (name !== null || joins?.byContent === true)) {
      const begun = await onceCalls.run(arrival, { name, headOf });
      if (!this.#session.isClosed) return begun;
      // Somebody may come back to it by its name.
      begun.answer.attach()();
      return null;
    }
    const running = await pipeline.run(arrival);
    if (!this.#session.isClosed) {
      return { answer: recordCall(streams, running).found, isRepeated: false };
    }
    // It has no name by which its client could come back to it.
    running.response.cancel("client_closed");
    return null;
  }

  #read(id: string | null, found: FoundStream, from: ReadFrom & Partial<Begun>): void {
    const { isRepeated = false } = from;
    const stream = new SessionStream(found, from, { ...this.#ports, sink: this, isRepeated });
    const { response } = stream;
    const { streams } = this.#atWork;
    streams.get(response)?.close();
    streams.set(response, stream);
    this.send({ type: "accepted", id, response, epoch: found.epoch });
    stream.copy();
  }

  /** Where the client goes on reading; from the start, and told so, where it has too much. */
  #placeIn(found: FoundStream, frame: ResumeFrame): ReadFrom {
    const { after, part, epoch, response } = frame;
    if (found.log.nextSeq > 0 && Buffer.isBuffer(found.log.page(0)[0]?.payload)) {
      const why = `it was asked for on ${found.head.surface}, and is read at /v1/streams/`;
      throw new Failure<Code>("unsupported_surface", `Cannot resume the response: ${why}`);
    }
    if (epoch === found.epoch) return { after, part };
    this.send({ type: "reset", response, epoch: found.epoch });
    return { after: -1, part: null };
  }

  #find(response: string, { principal }: Standing): FoundStream {
    const id = streamIdOf(response);
    if (id === null) throw unknownStream(response);
    return this.#ports.streams.find(id, readerOf(principal));
  }

  #checkRoom(): void {
    const { streams, starting } = this.#atWork;
    const count = streams.size + starting.size;
    if (count < streamsLimit) return;
    const why = `the session has ${streamsLimit} streams, the limit`;
    throw new Failure<Code>("overloaded", `Cannot begin another stream: ${why}`);
  }

  #tell(whose: { readonly id?: string; readonly response?: string }, failure: Failure<Code>): void {
    const { code, message, details } = failure;
    const { param, retryAfterMs, facts } = details;
    this.send({
      type: "error",
      ...whose,
      code,
      message,
      ...(typeof param === "string" ? { param } : {}),
      ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
      ...(facts === undefined ? {} : { details: facts }),
    });
  }

  #isStalled(): boolean {
    const bytes = this.#session.bufferedBytes;
    const nowMs = this.#ports.clock.monotonicMs();
    if (!this.#isBehind) return false;
    if (this.#stall === null || bytes < this.#stall.bytes) {
      this.#stall = { bytes, sinceMs: nowMs };
      return false;
    }
    return nowMs - this.#stall.sinceMs >= stalledMs;
  }

  #closeSlow(): void {
    const places = [...this.#streams].map((each) => `${each.response}:${each.sentSeq}`);
    this.#session.close(closeCodes.slowReader, ["slow_reader", ...places].join(" "));
  }
}
