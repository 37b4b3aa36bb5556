import { hash } from "node:crypto";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { calm, type Behaviour } from "./behaviour.ts";
import type { Bill } from "./bill/bill.ts";
import type { CallRecord } from "./call-record.ts";
import type { Credentials } from "./credentials.ts";
import type { Prepared, RefusalCode, Surface } from "./dialect.ts";
import { isErrorFault } from "./faults.data.ts";
import type { Journal } from "./journal/journal.ts";
import type { KnownQuestion, KnownQuestions } from "./known-questions.ts";
import { connectionOf, type Hearing, type Speaking } from "./peers.ts";
import type { Gate } from "./play/gate.ts";
import { Player, playWhole, type Peers, type Stage } from "./play/player.ts";
import type { PromptCache } from "./prompt-cache.ts";
import { headerOf, namesOf } from "./raw-headers.ts";
import { readBody } from "./read-body.ts";
import { noTokens, type Reply, type TokenCounts } from "./reply.ts";
import { readMarker } from "./scenario/marker.ts";
import type { RuleBook } from "./scenario/rule-book.ts";
import type { BehaviourPatch } from "./scenario/scenario.ts";
import type { Script } from "./script.ts";
import { refusalScript } from "./script/whole-answers.ts";

/** Longest request body: room for some images. */
const bodyLimitBytes = 32 * 2 ** 20;

/** Where a request came in. */
export interface Place {
  readonly region: string;
  readonly surface: Surface;
  readonly questions: KnownQuestions;
  /** The model that the path names; empty where the body names it. */
  readonly model: string;
}

export interface Rooms {
  readonly clock: Clock;
  readonly rules: RuleBook;
  readonly gate: Gate;
  readonly journal: Journal;
  readonly bill: Bill;
  readonly cache: PromptCache;
  readonly keys: Credentials["keys"];
  readonly accessKeys: Credentials["accessKeys"];
  /** Stands in every id, so that simulators with different seeds do not share ids. */
  readonly idSeed: string;
}

interface Connection {
  readonly number: number;
  /** Requests so far, this one included. */
  requests: number;
}

const idDigits = 9;
const noNames: readonly string[] = [];

/** A throw that is no refusal is a bug of ours; it must not end the process that hosts us. */
const asRefusal = (error: unknown): Failure<RefusalCode> => {
  if (!(error instanceof Failure)) {
    return new Failure("internal", "The simulator failed to make an answer.", {}, error);
  }
  // Whatever reads requests throws codes of this union alone.
  return error as Failure<RefusalCode>;
};

const tooLarge = (): Failure =>
  new Failure("payload_too_large", `Cannot read a body beyond ${bodyLimitBytes} bytes.`);

const gateIsFull = (limit: number): Failure =>
  new Failure("overloaded", `Cannot hold another call: ${limit} are held, the limit is ${limit}.`);

interface Treated {
  readonly behaviour: Behaviour;
  readonly prepared: Prepared;
}

/** A fault that was asked for goes before that of a prompt beyond the model's window. */
const treated = (known: KnownQuestion, behaviour: Behaviour): Treated => {
  const prepared = known.prepared(behaviour);
  if (behaviour.fault !== null || !known.isTooLong(prepared.reply.tokens.input)) {
    return { behaviour, prepared };
  }
  const refusing: Behaviour = { ...behaviour, fault: "context-length" };
  return { behaviour: refusing, prepared: known.prepared(refusing) };
};

interface Served {
  readonly request: Hearing;
  readonly response: Speaking;
  readonly place: Place;
  readonly call: CallRecord;
}

/** One call from its first byte to its bill: read, choose a behaviour, answer, play, settle. */
export class ModelCalls {
  readonly #rooms: Rooms;
  readonly #stage: Stage;
  readonly #connections = new WeakMap<object, Connection>();
  #connectionCount = 0;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    this.#stage = {
      clock: rooms.clock,
      gate: rooms.gate,
      onEnd: (call) => this.#settle(call),
    };
  }

  serve(request: Hearing, response: Speaking, place: Place): void {
    const call = this.#open(request, place);
    readBody(request, bodyLimitBytes, {
      whole: (body) => this.#answer({ request, response, place, call }, body),
      gone: () => this.#leave(call),
    });
  }

  #open(request: Hearing, place: Place): CallRecord {
    const connection = this.#connectionOf(connectionOf(request));
    const { clock, journal, idSeed } = this.#rooms;
    const seq = journal.nextSeq();
    const call: CallRecord = {
      seq,
      id: `${place.surface.idPrefix}${idSeed}${seq.toString(36).padStart(idDigits, "0")}`,
      region: place.region,
      dialect: place.surface.dialect.name,
      path: place.surface.path,
      rawHeaders: request.rawHeaders,
      connection: connection.number,
      requestOfConnection: connection.requests,
      startedMs: clock.monotonicMs(),
      model: "",
      pricedModel: "",
      stream: false,
      bodyBytes: 0,
      bodySha256: "",
      summary: null,
      scenarios: noNames,
      fault: null,
      state: "receiving",
      status: null,
      firstByteMs: null,
      endedMs: null,
      clientGoneMs: null,
      outcome: null,
      bytesWritten: 0,
      announcedBytes: null,
      producedTokens: 0,
      planned: noTokens,
      tokens: noTokens,
      costNanoUsd: 0,
    };
    journal.open(call);
    return call;
  }

  #connectionOf(socket: object): Connection {
    const known = this.#connections.get(socket);
    if (known !== undefined) {
      known.requests += 1;
      return known;
    }
    this.#connectionCount += 1;
    const connection = { number: this.#connectionCount, requests: 1 };
    this.#connections.set(socket, connection);
    return connection;
  }

  #answer(served: Served, body: Buffer | null): void {
    const { call, place } = served;
    try {
      if (body === null) throw tooLarge();
      this.#checkCredential(served, body);
      this.#play(served, this.#read(served, body));
    } catch (error) {
      const script = refusalScript(place.surface.dialect, asRefusal(error), call.id);
      this.#start(served, script, calm);
    }
  }

  #checkCredential({ request, place, call }: Served, body: Buffer): void {
    const { keys, accessKeys, clock } = this.#rooms;
    if (keys === null && accessKeys === null && !place.surface.dialect.alwaysChecks) return;
    place.surface.dialect.checkCredential(
      {
        method: request.method ?? "",
        url: request.url ?? "",
        region: place.region,
        body,
        header: (name) => headerOf(call.rawHeaders, name),
        headerNames: () => namesOf(call.rawHeaders),
      },
      { keys, accessKeys, nowMs: clock.wallMs() },
    );
  }

  #read({ call, place }: Served, body: Buffer): KnownQuestion {
    call.bodyBytes = body.length;
    call.bodySha256 = hash("sha256", body);
    const { versionHeader } = place.surface;
    const version = versionHeader === null ? "" : (headerOf(call.rawHeaders, versionHeader) ?? "");
    const known = place.questions.read({ body, model: place.model, version }, call.bodySha256);
    call.model = known.question.model;
    call.pricedModel = known.pricedModel;
    call.stream = known.question.stream;
    call.summary = known.summary;
    return known;
  }

  #behaviourOf(call: CallRecord, known: KnownQuestion): Behaviour {
    const { rules } = this.#rooms;
    const fired = rules.fire(call);
    const header = headerOf(call.rawHeaders, "x-sim");
    if (fired.length === 0 && known.patch === null && header === null) return calm;
    call.scenarios = fired.map((scenario) => scenario.name);
    const patches: BehaviourPatch[] = [...fired];
    if (known.patch !== null) patches.push(known.patch);
    if (header !== null) patches.push(readMarker(header));
    return rules.settle(patches);
  }

  #play(served: Served, known: KnownQuestion): void {
    const { call } = served;
    const { clock, gate } = this.#rooms;
    const asked = this.#behaviourOf(call, known);
    if (asked.hold && gate.isFull) throw gateIsFull(gate.limit);
    const { behaviour, prepared } = treated(known, asked);
    call.fault = behaviour.fault;
    const tokens = this.#tokensOf(call, known, prepared.reply);
    call.planned = tokens;
    const createdSeconds = Math.floor(clock.wallMs() / 1000);
    const isReused = call.requestOfConnection > 1;
    const script = prepared.script({ id: call.id, createdSeconds, isReused, tokens }, behaviour);
    this.#start(served, script, behaviour);
  }

  /** What a cache has to do with the prompt is each call's own; an error leaves it alone. */
  #tokensOf(call: CallRecord, { question }: KnownQuestion, { tokens }: Reply): TokenCounts {
    const { fault, region, pricedModel } = call;
    if (question.cuts.length === 0 || (fault !== null && isErrorFault(fault))) return tokens;
    return this.#rooms.cache.account(`${region}/${pricedModel}`, question.cuts, tokens);
  }

  #start(served: Served, script: Script, behaviour: Behaviour): void {
    const { request, response, call } = served;
    // The client may have left between its last byte and now.
    if (response.destroyed) return this.#leave(call);
    call.state = "answering";
    const { hold, sliceBytes } = behaviour;
    const peers: Peers = { request, response, call, sliceBytes };
    const [first] = script.steps;
    if (first?.do === "whole" && !hold && sliceBytes === null) {
      call.firstByteMs = this.#rooms.clock.monotonicMs();
      playWhole(first, peers);
      call.outcome = script.outcome;
      this.#settle(call);
      return;
    }
    const steps = hold ? [{ do: "hold" } as const, ...script.steps] : script.steps;
    new Player(this.#stage, peers).play({ ...script, steps });
  }

  #leave(call: CallRecord): void {
    if (call.state !== "receiving") return;
    call.clientGoneMs = this.#rooms.clock.monotonicMs();
    call.outcome = "client_gone";
    this.#settle(call);
  }

  /** The end of every call: it is billed unless a reset came in between. */
  #settle(call: CallRecord): void {
    call.state = "ended";
    call.endedMs = this.#rooms.clock.monotonicMs();
    if (this.#rooms.journal.close(call)) this.#rooms.bill.settle(call);
  }
}
