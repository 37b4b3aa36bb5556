import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { AskedCall } from "@sekisho/gateway/admission/admission.ts";
import { isGiven } from "@sekisho/gateway/cache-policy.ts";
import { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import { CachedCalls } from "@sekisho/gateway/cached-calls/cached-calls.ts";
import { clientRequest } from "@sekisho/gateway/admission/client-request.ts";
import { KnownRequests } from "@sekisho/gateway/cache/known-requests.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { Rates } from "@sekisho/gateway/limits/rates.ts";
import { AnswerGiven } from "@sekisho/gateway/observe/answer-given.ts";
import { readableLog } from "@sekisho/gateway/observe/log-fixture.ts";
import type { Response } from "@sekisho/gateway/responses/response.ts";
import { Responses } from "@sekisho/gateway/responses/responses.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import { validate } from "@sekisho/gateway/validate/validate.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Dice } from "../base/dice.ts";
import { CacheUpstream } from "./cache-upstream.ts";

/** What may be broken on purpose, to show that it would be found. */
export interface CacheMutant {
  readonly about: string;
  /** Asks in the place of the call. */
  readonly asked?: (asked: AskedCall) => AskedCall;
  readonly cache?: (cache: AnswerCache) => AnswerCache;
  /** Under whose name it is looked for a request that was read before. */
  readonly knownTo?: string;
  /** Requests do not know of one another. */
  readonly isForgetful?: boolean;
  /** Answers that are being made end with the deadline of who has asked first. */
  readonly isImpatient?: boolean;
}

const ttlMs = 400;
const totalMs = 1_000;

/** As a configuration has them: the same ones for all calls. */
const policy = { use: "request", ttlMs, scope: "user", byTemperature: true };
const entry = { name: "fast", totalMs, cache: policy };
const target = { upstreamModel: "m", provider: "p", region: "r" };
const attempt = { target, api: "anthropic.messages", defaults: {} };
const said = { surface: "openai.chat" } as const;
const mostSteps = 60;

interface Client {
  readonly question: string;
  readonly running: RunningCall;
  readonly atMs: number;
  text: string;
  hasLeft: boolean;
}

/** Continues when every promise job that is ready, and those they make ready, has run. */
const promiseJobs = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * Clients of some tenants that ask the same few questions at the same time, leave, and come back:
 * none is given what another tenant's model has said, what was cut, or what is too old (STR-14).
 * Throws what did not hold.
 */
export async function playCache(seed: number, mutant: CacheMutant | null = null): Promise<void> {
  const world = new CacheWorld(new Dice(new SeededRandom(seed)), mutant);
  for (let step = 0; step < mostSteps; step += 1) await world.step();
  await world.end();
}

class CacheWorld {
  readonly #clock = new VirtualClock();
  readonly #dice: Dice;
  readonly #mutant: CacheMutant | null;
  readonly #responses = new Responses(1_000);
  readonly #rates = new Rates(this.#clock, () => []);
  readonly #rows = new Map<string, LedgerRow>();
  readonly #upstream: CacheUpstream;
  readonly #clients: Client[] = [];
  /** Calls that had read with others, and were sent to no model then. */
  readonly #refused: string[] = [];
  readonly #cache: AnswerCache;
  readonly #known = new KnownRequests(this.#clock);
  #calls: CachedCalls;
  #asked = 0;

  constructor(dice: Dice, mutant: CacheMutant | null) {
    this.#dice = dice;
    this.#mutant = mutant;
    this.#upstream = new CacheUpstream({
      clock: this.#clock,
      dice: dice.fork("upstream"),
      responses: this.#responses,
      isImpatient: mutant?.isImpatient === true,
    });
    const cache = new AnswerCache({
      clock: this.#clock,
      limits: () => ({ memoryBytes: 100_000, answers: 4 }),
      store: null,
      failed: (what, error) => assert.fail(`${what}: ${String(error)}`),
      purged() {},
    });
    this.#cache = mutant?.cache?.(cache) ?? cache;
    this.#calls = this.#made();
  }

  async step(): Promise<void> {
    const act = this.#dice.weighted({ ask: 10, leave: 3, wait: 8, purge: 0.2 });
    if (act === "ask") await this.#ask();
    else if (act === "leave") this.#leave();
    else if (act === "purge") await this.#cache.purge(everything);
    await this.#pass(this.#dice.pick([0, 0, 5, 30, 200]));
    this.#check();
  }

  async end(): Promise<void> {
    await this.#pass(2_000);
    this.#check();
    for (const { running } of this.#clients) assert.ok(running.response.isOver, "each call ends");
    const rowless = this.#refused.filter((id) => !this.#rows.has(id));
    assert.deepEqual(rowless, [], "who is refused late has its row");
    assert.equal(this.#responses.running, 0);
    assert.equal(this.#rates.open, 0);
  }

  async #ask(): Promise<void> {
    const tenant = this.#dice.pick(["a", "b"]);
    const user = this.#dice.pick(["u", "v"]);
    const content = this.#dice.pick(["one", "two", "three"]);
    const isRefresh = this.#dice.chance(0.1);
    const question = JSON.stringify([tenant, user, content]);
    const own = this.#askedBy(tenant, user, content);
    const asked = this.#mutant?.asked?.(own) ?? own;
    const cache = () => ({ kind: "use", ttlMs: null, isRefresh }) as const;
    if (this.#mutant?.isForgetful === true) this.#calls = this.#made();
    const place = this.#calls.place(asked, { cache });
    assert.ok(place !== null);
    this.#responses.enter(tenant);
    const running = await this.#calls.take(place, {
      once: null,
      gone: () => new AbortController().signal,
      send: async (sent, lead) => {
        assert.ok(lead !== null);
        this.#checkFlights(question, isRefresh);
        if (sent.permit !== null && this.#dice.chance(0.2)) {
          this.#refused.push(sent.call.id);
          throw new Failure<Code>("budget_exhausted", "nothing is left");
        }
        // Who has read with others has its place in the rates already; the books give it back.
        if (sent.permit !== null) this.#rates.close(sent.permit, { isSent: true, tokens: 0 });
        return this.#upstream.send(sent, lead, question);
      },
    });
    const client = { question, running, atMs: this.#clock.wallMs(), text: "", hasLeft: false };
    this.#clients.push(client);
    const { body } = asked;
    if (isGiven(running.call.cache) && asked.known === null) {
      const knownTo = this.#mutant?.knownTo ?? tenant;
      this.#known.keep({ tenant: knownTo, said, body, read: validate }, asked.call.arrivedMs);
    }
    this.#read(running.response, client);
  }

  #askedBy(tenant: string, user: string, content: string): AskedCall {
    const body = Buffer.from(
      JSON.stringify({ model: "fast", stream: true, messages: [{ role: "user", content }] }),
    );
    const nowMs = this.#clock.monotonicMs();
    const principal = { tenant, team: null, keyId: `key of ${tenant}` };
    const knownTo = this.#mutant?.knownTo ?? tenant;
    const known = this.#known.find({ tenant: knownTo, said, body, read: validate });
    const request = known?.request ?? validate(said, body);
    // As much of an admitted call as is asked of it.
    return {
      body,
      known,
      permit: null,
      asker: { principal, user, connection: null, model: "fast" },
      plan: { attempts: [attempt] },
      call: {
        id: `${(this.#asked += 1)}`,
        principal,
        attribution: { user, session: null, agent: null },
        request: clientRequest(request, body),
        entry,
        choice: null,
        arrivedMs: nowMs,
        arrivedWallMs: this.#clock.wallMs(),
        deadlineMs: nowMs + this.#dice.pick([40, 120, totalMs]),
      },
    } as unknown as AskedCall;
  }

  /** One model at a time is asked the same: the second only after the first has come to nothing. */
  #checkFlights(question: string, isRefresh: boolean): void {
    const same = this.#upstream.calls.filter((each) => each.asked === question);
    const running = same.filter(({ end, isOvertaken }) => end === null && !isOvertaken);
    if (isRefresh) for (const each of running) each.isOvertaken = true;
    else assert.equal(running.length, 0, "two models are asked the same");
  }

  #leave(): void {
    const open = this.#clients.filter(({ running }) => !running.response.isOver);
    if (open.length === 0) return;
    const client = this.#dice.pick(open);
    client.hasLeft = true;
    client.running.response.cancel("client_closed");
  }

  #read(response: Response, client: Client): void {
    const cursor = response.log.open({ published: () => take() });
    const take = (): void => {
      for (let event = cursor.takeEvent(); event !== undefined; event = cursor.takeEvent()) {
        if (event.type === "text") client.text += event.text;
      }
    };
    take();
  }

  #check(): void {
    for (const client of this.#clients) {
      const { running, question, text, hasLeft } = client;
      const { state } = running.response;
      const row = this.#rows.get(running.call.id);
      const source = this.#upstream.calls.find((each) => text !== "" && each.text.startsWith(text));
      this.#checkDeadline(client);
      if (text !== "") assert.equal(source?.asked, question, "somebody else's answer");
      if (state.kind !== "complete") continue;
      assert.ok(!hasLeft, "a client that has left is told no whole answer");
      const { cache } = state.completion.served;
      assert.equal(text, source?.text, "a whole answer is all that the model said");
      if (row === undefined) continue;
      assert.equal(state.completion.costNanoUsd, 0);
      assert.deepEqual([row.costNanoUsd, row.subject.given?.nanoUsd], [0, 7]);
      if (cache?.kind !== "hit") continue;
      assert.equal(source?.end, "stop", "what is kept has ended by itself");
      assert.ok(client.atMs - (source?.endedMs ?? 0) < ttlMs, "what is kept is not too old");
    }
  }

  /** Nobody waits longer than it has said, and nobody less for what another one has said. */
  #checkDeadline({ running: { call, response } }: Client): void {
    const { state } = response;
    const isPast = this.#clock.monotonicMs() >= call.deadlineMs;
    if (isPast) assert.ok(response.isOver, "it waits beyond its deadline");
    if (state.kind !== "failed" || state.failure.code !== "deadline_exceeded") return;
    assert.ok(isPast, "the deadline of another call has ended it");
  }

  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5) {
      this.#clock.advanceBy(5);
      await promiseJobs();
    }
    await promiseJobs();
  }

  #made(): CachedCalls {
    return new CachedCalls({
      clock: this.#clock,
      rates: this.#rates,
      responses: this.#responses,
      ledger: {
        terminal: (rows) => {
          for (const row of rows) {
            assert.ok(!this.#rows.has(row.id), "a call has one row");
            this.#rows.set(row.id, row);
          }
          return [];
        },
      },
      writer: { commit: () => Promise.resolve(), enqueue() {} },
      finished: { record() {} },
      arms: { ended: () => [] },
      given: new AnswerGiven(readableLog("info").log, new Metrics()),
      cache: this.#cache,
      semantic: { look: () => assert.fail("not asked for"), keep: () => assert.fail("nor this") },
    });
  }
}

const everything = {
  tenant: null,
  alias: null,
  keyId: null,
  user: null,
  sessions: null,
  key: null,
};
