import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AskedCall } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { Call } from "../call.ts";
import type { CacheMark, GivenMark, SaidCache } from "../cache-policy.ts";
import type { AnswerCache, AskedAt } from "../cache/answer-cache.ts";
import type { CachedAnswer } from "../cache/cached-answer.ts";
import { Flight } from "../cache/flight.ts";
import { keyOf } from "../cache/known-key.ts";
import { GivenCall, type GivenCallParts } from "./given-call.ts";
import { answerOf, isFit, keptOf, tell, type Kept, type Told } from "./kept-answer.ts";
import { Lead } from "./lead.ts";
import type { Permit } from "../limits/rates.ts";
import type { Once, RunningCall } from "../calls/running-call.ts";
import { meantBy, reworded, type SemanticAnswers } from "./semantic-answers.ts";
import type { Responses } from "../responses/responses.ts";
import { SharedCall } from "./shared-call.ts";
import { passes } from "../target-api.ts";

export interface CachedCallsParts extends GivenCallParts {
  readonly cache: AnswerCache;
  readonly responses: Responses;
  /** Of aliases whose answers are also given to words that mean the same. */
  readonly semantic: Pick<SemanticAnswers, "look" | "keep">;
}

/** Sends a call to a model; with a lead others may read its answer. */
export type Send = (asked: AskedCall, lead: Lead | null) => Promise<RunningCall>;

/** A call that may be given a kept answer. */
export interface CachePlace {
  readonly asked: AskedCall;
  /** Null: it says something that no answer is kept of. */
  readonly key: string | null;
  readonly form: string;
  readonly ttlMs: number;
  readonly isRefresh: boolean;
}

interface KeyedPlace extends CachePlace {
  readonly key: string;
}

export interface Taking extends Pick<Arrival, "gone"> {
  readonly once: Once | null;
  readonly send: Send;
}

/**
 * The stage between plan and money: a request that says what another one has said is given the
 * answer of that one, kept or under way (STR-14). No failure of it is one of the call.
 */
export class CachedCalls {
  readonly #parts: CachedCallsParts;
  /** Answers that are being made, by what was asked, and in which form where bytes pass. */
  readonly #flights = new Map<string, Flight>();

  constructor(parts: CachedCallsParts) {
    this.#parts = parts;
  }

  /** Null where nothing is kept for it, and it goes to a model as it is. Throws Failure. */
  place(asked: AskedCall, arrival: Pick<Arrival, "cache">): CachePlace | null {
    const { call } = asked;
    const { cache: policy } = call.entry;
    if (policy === undefined || policy.use === "off") return null;
    const said = arrival.cache?.() ?? null;
    if (said === null && (policy.use === "request" || policy.ttlMs === 0)) return null;
    const wants = wishOf(said, policy.ttlMs);
    const { key, form } = (wants === null ? null : keyOf(asked, policy)) ?? noKey;
    const { ttlMs, isRefresh } = wants ?? noWish;
    return { asked, key, form, ttlMs, isRefresh };
  }

  /** Gives the call an answer, at once where there is one, or sends it for one. Throws Failure. */
  take(place: CachePlace, taking: Taking): RunningCall | Promise<RunningCall> {
    const { cache, given } = this.#parts;
    if (!isKeyed(place)) {
      given.count(place.asked.call, "bypass");
      return taking.send(marked(place.asked, { kind: "bypass" }), null);
    }
    const { key, form, ttlMs, isRefresh } = place;
    if (!isRefresh) {
      const kept = keptOf(cache.find(key, ttlMs), form);
      if (kept !== null) return this.#give(place, kept, taking.once);
      const flight = this.#flightFor(place);
      if (flight !== null) return this.#join(place, flight, taking);
    }
    return this.#lead(place, taking);
  }

  #give(place: KeyedPlace, kept: Kept, once: Once | null): RunningCall | Promise<RunningCall> {
    const mark = this.#markOf(place, kept.found);
    if (once !== null) return this.#giveOnce(place, { mark, kept, once });
    const call = this.#opened(place, mark, null);
    tell(call, kept);
    return call;
  }

  async #giveOnce(
    place: KeyedPlace,
    { mark, kept, once }: { readonly mark: GivenMark; readonly kept: Kept; readonly once: Once },
  ): Promise<RunningCall> {
    const call = await this.#openOnce(place, mark, once);
    tell(call, kept);
    return call;
  }

  #markOf({ key }: KeyedPlace, { facts, storedMs }: CachedAnswer): GivenMark {
    const ageMs = this.#parts.clock.wallMs() - storedMs;
    const { similarity } = facts;
    return similarity === undefined
      ? { kind: "hit", key, ageMs }
      : { kind: "semantic", key, ageMs, similarity };
  }

  /** A model is asked, unless words that mean the same were answered before. */
  async #lead(place: KeyedPlace, { once, send, gone }: Taking): Promise<RunningCall> {
    const { cache, given, semantic } = this.#parts;
    const { asked, key, form, ttlMs, isRefresh } = place;
    const meant = meantBy(asked);
    const flight = this.#begin(place);
    const look =
      meant === null || isRefresh ? null : await semantic.look(meant, ttlMs, gone).catch(noLook);
    const near = look?.found ?? null;
    const kept = near === null ? null : keptOf(reworded(near, key), form);
    if (kept !== null) {
      cache.keep(kept.found, askedAt(place));
      // Who waits with it finds what it has found.
      flight.refused(goneFailure());
      return this.#give(place, kept, once);
    }
    given.count(asked.call, isRefresh ? "refresh" : "miss");
    const vector = look?.vector ?? null;
    const stored = meant === null ? null : () => void semantic.keep(meant, key, vector);
    return this.#send({ place, flight, stored }, send, new Lead(flight, null));
  }

  async #join(place: KeyedPlace, flight: Flight, { once, send }: Taking): Promise<RunningCall> {
    const mark: GivenMark = { kind: "shared", key: place.key, ageMs: 0 };
    const call =
      once === null ? this.#opened(place, mark, null) : await this.#openOnce(place, mark, once);
    const { clock } = this.#parts;
    const again = (missed: SharedCall): void => this.#again(place, missed, send);
    const shared = new SharedCall(call, { clock, again });
    // It may be over since.
    if (flight.takes(place.form)) shared.board(flight);
    else shared.missed({ failure: goneFailure(), served: null, isPersonal: true });
    return call;
  }

  /** Takes its place in the rates. */
  #opened({ asked }: KeyedPlace, mark: GivenMark, named: Named | null): GivenCall {
    const { rates, responses } = this.#parts;
    const call: Call = { ...asked.call, cache: mark };
    const permit = named?.permit ?? rates.admit(asked.asker, 0);
    const response = responses.open(call.id, call.principal.tenant);
    named?.once.record(response);
    const besides = named?.once.besides ?? null;
    return new GivenCall(this.#parts, { call, mark, response, permit, besides });
  }

  /** Takes its name too, behind its place in the rates. */
  async #openOnce(place: KeyedPlace, mark: GivenMark, once: Once): Promise<GivenCall> {
    const { rates, writer } = this.#parts;
    const permit = rates.admit(place.asked.asker, 0);
    try {
      await writer.commit(once.besides.writes, "process");
    } catch (failure) {
      rates.close(permit, { isSent: false, tokens: 0 });
      throw failure;
    }
    return this.#opened(place, mark, { once, permit });
  }

  /** The answer that it has waited for came to nothing: there may be another, or it asks itself. */
  #again(place: KeyedPlace, shared: SharedCall, send: Send): void {
    const { key, form, ttlMs, asked } = place;
    const kept = keptOf(this.#parts.cache.find(key, ttlMs), form);
    if (kept !== null) {
      shared.answer.remark(this.#markOf(place, kept.found));
      return tell(shared.answer, kept);
    }
    const other = this.#flightFor(place);
    if (other !== null) return shared.board(other);
    const { response } = shared.answer;
    const permit = shared.answer.release();
    const alone = { ...place, asked: { ...asked, permit } };
    response.cancelledBy((cause) => response.fail(endedFailure(cause), null));
    const flight = this.#begin(alone);
    const lead = new Lead(flight, response);
    this.#send({ place: alone, flight, stored: null }, send, lead).catch((error: unknown) => {
      const failure = failureOf(error);
      // One that was begun is settled, and has its rows.
      if (lead.isSettled) response.fail(failure, null);
      else shared.answer.refused(failure);
    });
  }

  /** Whoever reads events reads those of anybody; bytes that pass are for those of their form. */
  #flightFor({ key, form, asked }: KeyedPlace): Flight | null {
    const name = flightName(key, asked);
    for (const id of [flightId(name, null), flightId(name, form)]) {
      const flight = this.#flights.get(id);
      if (flight?.takes(form) === true) return flight;
    }
    return null;
  }

  /** From here on everybody who says the same waits for one answer. */
  #begin({ key, form, asked }: KeyedPlace): Flight {
    const { clock } = this.#parts;
    const { arrivedMs, entry } = asked.call;
    const own = isPassed(asked) ? form : null;
    const id = flightId(flightName(key, asked), own);
    const flight: Flight = new Flight({
      clock,
      boardsUntilMs: arrivedMs + entry.totalMs,
      form: own,
      closed: () => {
        if (this.#flights.get(id) === flight) this.#flights.delete(id);
      },
    });
    this.#flights.set(id, flight);
    return flight;
  }

  async #send({ place, flight, stored }: Leading, send: Send, lead: Lead): Promise<RunningCall> {
    const { key, isRefresh } = place;
    const asked = marked(place.asked, { kind: isRefresh ? "refresh" : "miss", key });
    flight.landsAt((entries, completion) => {
      if (this.#keep(place, lead, { entries, completion })) stored?.();
    });
    try {
      return await send(asked, lead);
    } catch (refusal) {
      lead.refused(failureOf(refusal));
      throw refusal;
    }
  }

  #keep(place: KeyedPlace, lead: Lead, told: Told): boolean {
    const { cache, clock, given } = this.#parts;
    const { call } = place.asked;
    const answer = isFit(place.asked, lead) ? answerOf(place, told, clock.wallMs()) : null;
    const isKept = answer !== null && cache.keep(answer, askedAt(place));
    given.count(call, isKept ? "stored" : "unfit");
    return isKept;
  }
}

/** A call that has taken its name. */
interface Named {
  readonly once: Once;
  readonly permit: Permit;
}

/** A call on its way to a model. */
interface Leading {
  readonly place: KeyedPlace;
  readonly flight: Flight;
  /** Called once its answer is kept. */
  readonly stored: (() => void) | null;
}

const noLook = (): null => null;

type Wish = Pick<CachePlace, "ttlMs" | "isRefresh">;

const noKey = { key: null, form: "" };

const noWish: Wish = { ttlMs: 0, isRefresh: false };

/** Null: nothing is to be kept or given. */
function wishOf(said: SaidCache | null, ttlMs: number): Wish | null {
  if (said?.kind === "no-store") return null;
  return { ttlMs: said?.ttlMs ?? ttlMs, isRefresh: said?.isRefresh ?? false };
}

/** Who wanted a new answer has it kept in the place of any other. */
const askedAt = ({ asked: { call }, isRefresh }: CachePlace): AskedAt => ({
  arrivedMs: call.arrivedMs,
  sinceMs: isRefresh ? Infinity : call.arrivedWallMs,
});

const isKeyed = (place: CachePlace): place is KeyedPlace => place.key !== null;

const marked = (asked: AskedCall, cache: CacheMark): AskedCall => ({
  ...asked,
  call: { ...asked.call, cache },
});

/**
 * An answer ends at the cap that it was asked for, which is not said by a client whose budget gives
 * it: who may have more does not wait for one that is cut short.
 */
const flightName = (key: string, { plan: { attempts } }: AskedCall): string =>
  `${key} ${attempts[0]?.maxTokens ?? 0}`;

/** Null: for everybody. */
const flightId = (name: string, form: string | null): string =>
  form === null ? name : `${name} ${form}`;

/** May the answer be the provider's own bytes? */
const isPassed = ({ call: { request }, plan }: AskedCall): boolean =>
  plan.attempts.some(({ api, target }) => passes(request, api, target.upstreamModel));

const failureOf = (error: unknown): Failure<Code> =>
  // The stages throw failures of the table's codes; anything else is a defect.
  error instanceof Failure ? (error as Failure<Code>) : internal();

const internal = (): Failure<Code> => new Failure<Code>("internal", codes.internal.meaning);
const endedFailure = (cause: Code): Failure<Code> => new Failure<Code>(cause, codes[cause].meaning);
const goneFailure = (): Failure<Code> =>
  new Failure<Code>("upstream_unavailable", codes.upstream_unavailable.meaning);
