import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AskedCall } from "./admission.ts";
import type { Completion } from "./answer.ts";
import type { Arrival } from "./arrival.ts";
import type { CacheMark, GivenMark, SaidCache } from "./cache-policy.ts";
import { eventsOf, isPlainAnswer } from "./cache/answer-events.ts";
import { formOf } from "./cache/answer-form.ts";
import type { AnswerCache } from "./cache/answer-cache.ts";
import { cacheKeyOf } from "./cache/cache-key.ts";
import { packed, sizeOf, type AnswerEntry, type CachedAnswer } from "./cache/cached-answer.ts";
import { Flight } from "./cache/flight.ts";
import { KeyMemo } from "./cache/key-memo.ts";
import { givenEntries, readForm } from "./cache/given-entries.ts";
import { GivenCall, type GivenCallParts } from "./given-call.ts";
import { Lead } from "./lead.ts";
import type { Once, RunningCall } from "./running-call.ts";
import type { Responses } from "./responses/responses.ts";
import { SharedCall } from "./shared-call.ts";
import { passes } from "./target-api.ts";

export interface CachedCallsParts extends GivenCallParts {
  readonly cache: AnswerCache;
  readonly responses: Responses;
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

export interface Taking {
  readonly once: Once | null;
  readonly send: Send;
}

/**
 * The stage between plan and money: a request that says what another one has said is given the
 * answer of that one, kept or under way (STR-14). No failure of it is one of the call.
 */
export class CachedCalls {
  readonly #parts: CachedCallsParts;
  /** Answers that are being made, by what was asked. */
  readonly #flights = new Map<string, Flight>();
  readonly #memo = new KeyMemo();

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
    const key = wants === null ? null : cacheKeyOf(asked, policy, this.#memo);
    const form = key === null ? "" : formOf(call.request);
    return { asked, key, form, ...(wants ?? noWish) };
  }

  /** Gives the call an answer, or sends it for one. Throws Failure. */
  async take(place: CachePlace, taking: Taking): Promise<RunningCall> {
    const { cache, given } = this.#parts;
    if (!isKeyed(place)) {
      given.count(place.asked.call, "bypass");
      return taking.send(marked(place.asked, { kind: "bypass" }), null);
    }
    const { key, form, ttlMs, isRefresh } = place;
    if (!isRefresh) {
      const found = cache.find(key, ttlMs);
      const entries = found === null ? null : givenEntries(found, form);
      if (found !== null && entries !== null) return this.#give(place, { found, entries }, taking);
      const flight = this.#flights.get(key);
      if (flight?.takes(form) === true) return this.#join(place, flight, taking);
    }
    given.count(place.asked.call, isRefresh ? "refresh" : "miss");
    return this.#send(place, taking.send, null);
  }

  async #give(place: KeyedPlace, kept: Kept, { once }: Taking): Promise<RunningCall> {
    const ageMs = this.#parts.clock.wallMs() - kept.found.storedMs;
    const call = await this.#open(place, { kind: "hit", key: place.key, ageMs }, once);
    tell(call, kept);
    return call;
  }

  async #join(place: KeyedPlace, flight: Flight, { once, send }: Taking): Promise<RunningCall> {
    const call = await this.#open(place, { kind: "shared", key: place.key, ageMs: 0 }, once);
    const { clock } = this.#parts;
    const again = (missed: SharedCall): void => this.#again(place, missed, send);
    const shared = new SharedCall(call, { clock, again });
    // It may be over since.
    if (flight.takes(place.form)) shared.board(flight);
    else shared.missed({ failure: goneFailure(), served: null, isPersonal: true });
    return call;
  }

  /** Takes its place in the rates, and its name, if it has one. */
  async #open(place: KeyedPlace, mark: GivenMark, once: Once | null): Promise<GivenCall> {
    const { rates, responses, writer } = this.#parts;
    const { asker } = place.asked;
    const { call } = marked(place.asked, mark);
    const permit = rates.admit(asker, 0);
    try {
      if (once !== null) await writer.commit(once.besides.writes, "process");
    } catch (failure) {
      rates.close(permit, { isSent: false, tokens: 0 });
      throw failure;
    }
    const response = responses.open(call.id);
    once?.record(response);
    const besides = once?.besides ?? null;
    return new GivenCall(this.#parts, { call, mark, response, permit, besides });
  }

  /** The answer that it has waited for came to nothing: there may be another, or it asks itself. */
  #again(place: KeyedPlace, shared: SharedCall, send: Send): void {
    const { key, form, ttlMs, asked } = place;
    const found = this.#parts.cache.find(key, ttlMs);
    const entries = found === null ? null : givenEntries(found, form);
    if (found !== null && entries !== null) return tell(shared.answer, { found, entries });
    const flight = this.#flights.get(key);
    if (flight?.takes(form) === true) return shared.board(flight);
    const { response } = shared.answer;
    const permit = shared.answer.release();
    const alone = { ...place, asked: { ...asked, permit } };
    response.cancelledBy((cause) => response.fail(endedFailure(cause), null));
    this.#send(alone, send, response).catch((error: unknown) => {
      if (permit.open) this.#parts.rates.close(permit, { isSent: true, tokens: 0 });
      response.fail(failureOf(error), null);
    });
  }

  /** To a model; until its answer is whole it is for everybody who says the same. */
  async #send(place: KeyedPlace, send: Send, response: Lead["response"]): Promise<RunningCall> {
    const { key, form, isRefresh } = place;
    const asked = marked(place.asked, { kind: isRefresh ? "refresh" : "miss", key });
    const flight: Flight = new Flight({
      form: isPassed(asked) ? form : null,
      landed: (entries, completion) => this.#keep(place, lead, { entries, completion }),
      closed: () => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
      },
    });
    const lead = new Lead(flight, response);
    this.#flights.set(key, flight);
    try {
      return await send(asked, lead);
    } catch (refusal) {
      lead.refused(failureOf(refusal));
      throw refusal;
    }
  }

  #keep(place: KeyedPlace, lead: Lead, told: Told): void {
    const { cache, clock, given } = this.#parts;
    const { call } = place.asked;
    const answer = isFit(place, lead) ? answerOf(place, told, clock.wallMs()) : null;
    const isKept = answer !== null && cache.keep(answer, call.arrivedMs);
    given.count(call, isKept ? "stored" : "unfit");
  }
}

interface Kept {
  readonly found: CachedAnswer;
  readonly entries: readonly AnswerEntry[];
}

interface Told {
  readonly entries: readonly AnswerEntry[] | null;
  readonly completion: Completion;
}

type Wish = Pick<CachePlace, "ttlMs" | "isRefresh">;

const noWish: Wish = { ttlMs: 0, isRefresh: false };

/** Null: nothing is to be kept or given. */
function wishOf(said: SaidCache | null, ttlMs: number): Wish | null {
  if (said?.kind === "no-store") return null;
  return { ttlMs: said?.ttlMs ?? ttlMs, isRefresh: said?.isRefresh ?? false };
}

const isKeyed = (place: CachePlace): place is KeyedPlace => place.key !== null;

const marked = (asked: AskedCall, cache: CacheMark): AskedCall => ({
  ...asked,
  call: { ...asked.call, cache },
});

/** May the answer be the provider's own bytes? */
const isPassed = ({ call: { request }, plan }: AskedCall): boolean =>
  plan.attempts.some(({ api, target }) => passes(request, api, target.upstreamModel));

function tell(call: GivenCall, { found: { facts }, entries }: Kept): void {
  const { served: target, dropped, costNanoUsd, usage, headers } = facts;
  const served = { target, attempts: 0, dropped };
  call.commit(served);
  for (const { kind, payload } of entries) {
    if (Buffer.isBuffer(payload)) {
      call.log.appendBytes(payload, { start: 0, end: payload.length }, kind);
    } else call.log.appendEvent(payload, kind);
  }
  const timing = { firstTokenMs: 0, latencyMs: 0 };
  call.complete({ served, costNanoUsd, usage, timing, headers });
}

/** Only what a model has said by itself, and the one that was asked for first. */
function isFit({ asked }: KeyedPlace, { result }: Lead): boolean {
  const [first] = asked.plan.attempts;
  const counts = result?.counts ?? null;
  if (result?.cause !== null || counts === null || result.segments !== undefined) return false;
  const { outcome, target } = counts;
  if (outcome.kind !== "complete" || outcome.finish !== "stop") return false;
  return target.upstreamModel === first?.target.upstreamModel;
}

/** Null where it is no answer in words alone, or nobody can tell. */
function answerOf(place: KeyedPlace, told: Told, nowMs: number): CachedAnswer | null {
  const { asked, key, form, ttlMs } = place;
  const { entries, completion } = told;
  if (entries === null || ttlMs === 0) return null;
  const isBytes = Buffer.isBuffer(entries[0]?.payload);
  const own = packed(entries);
  const [surface, isStream] = readForm(form);
  const events = eventsOf({ surface, isStream, entries: own });
  if (events === null || !isPlainAnswer(events)) return null;
  const { principal, attribution, entry } = asked.call;
  const { target, dropped } = completion.served;
  const { provider, region, upstreamModel } = target;
  return {
    key,
    owner: {
      tenant: principal.tenant,
      alias: entry.name,
      keyId: principal.keyId,
      user: attribution.user,
      session: attribution.session,
    },
    storedMs: nowMs,
    expiresMs: nowMs + ttlMs,
    facts: {
      form: isBytes ? form : null,
      served: { provider, region, upstreamModel },
      dropped,
      usage: completion.usage,
      costNanoUsd: completion.costNanoUsd ?? 0,
      headers: completion.headers,
    },
    entries: own,
    bytes: sizeOf(own),
  };
}

const failureOf = (error: unknown): Failure<Code> =>
  // The stages throw failures of the table's codes; anything else is a defect.
  error instanceof Failure ? (error as Failure<Code>) : internal();

const internal = (): Failure<Code> => new Failure<Code>("internal", codes.internal.meaning);
const endedFailure = (cause: Code): Failure<Code> => new Failure<Code>(cause, codes[cause].meaning);
const goneFailure = (): Failure<Code> =>
  new Failure<Code>("upstream_unavailable", codes.upstream_unavailable.meaning);
