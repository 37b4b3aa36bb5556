import assert from "node:assert/strict";
import { test } from "node:test";
import type { Served } from "@sekisho/gateway/answer.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import { Response } from "@sekisho/gateway/responses/response.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { ModelExchange, type ModelExchangePorts } from "./model-exchange.ts";
import { chatCompletions } from "../v1/chat/completions.ts";

const served: Served = {
  target: { provider: "near", region: "", upstreamModel: "m" },
  attempts: 1,
  dropped: [],
};

const authorization = "Bearer a-key";

/** An exchange in the hands of the test, and what was done with it. */
class StubExchange implements Exchange {
  readonly head: Exchange["head"] = {
    method: "POST",
    path: "/v1/chat/completions",
    query: "",
    protocol: "h1",
    remoteAddress: "::1",
    clientAddress: "::1",
    connection: 1,
    header: (name) => (name === "authorization" ? authorization : undefined),
    headerNames: () => ["authorization"],
  };
  readonly bufferedBytes = 0;
  isClosed = false;
  readonly done: string[] = [];
  readonly headers: string[] = [];
  /** Of writes that throw, as a socket's writer does at what it cannot write. */
  fault: Error | null = null;
  observer: ExchangeObserver | null = null;
  readonly destroyed = Promise.withResolvers<void>();

  observe(observer: ExchangeObserver): void {
    this.observer = observer;
  }

  trust(): void {}

  body(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0));
  }

  respond(status: number, headers: readonly string[]): void {
    this.#take(`respond ${status}`, headers);
  }

  start(status: number, headers: readonly string[]): void {
    this.#take(`start ${status}`, headers);
  }

  flushHead(): void {}

  write(bytes: Uint8Array | string): boolean {
    this.#take(`write ${String(bytes).trim()}`, []);
    return true;
  }

  end(): void {
    this.done.push("end");
  }

  destroy(): void {
    this.isClosed = true;
    this.done.push("destroy");
    this.destroyed.resolve();
  }

  #take(what: string, headers: readonly string[]): void {
    if (this.fault !== null) throw this.fault;
    this.done.push(what);
    this.headers.push(...headers);
  }
}

function setUp({ stream }: { readonly stream: boolean }) {
  const clock = new VirtualClock();
  const exchange = new StubExchange();
  const response = new Response("id", () => {});
  const cancelled: string[] = [];
  response.cancelledBy((cause) => cancelled.push(cause));
  const errors: string[] = [];
  // No more of a call is read here.
  const call = { arrivedWallMs: 0, request: { read: { facts: { stream, model: "m" } } } };
  const ports = {
    pipeline: { run: async () => ({ call: call as unknown as Call, response }) },
    ids: new IdSource(clock, new SeededRandom(1)),
    clock,
    wheel: new TimerWheel(clock),
    log: { error: (message: string) => errors.push(message) },
    refused: { record: () => assert.fail("it was not refused") },
    flushMs: 0,
    heartbeatMs: 60_000,
    bodyBytesLimit: 1,
    isDraining: () => false,
  } as unknown as ModelExchangePorts; // nothing else is called here
  const model = new ModelExchange(exchange, { surface: chatCompletions, parameters: {} }, ports);
  return { clock, exchange, response, cancelled, errors, model };
}

const invalid = new TypeError("Invalid character in header content");

for (const stream of [true, false]) {
  const how = stream ? "a stream" : "a whole answer";
  test(`SEC-5 ${how} whose head cannot be written ends alone, and its upstream call`, async () => {
    const { exchange, response, cancelled, errors, model } = setUp({ stream });
    await model.serve();
    exchange.fault = invalid;
    const upstream = (): void => {
      response.commit(served);
      if (stream) return;
      const timing = { firstTokenMs: 0, latencyMs: 0 };
      response.complete({ served, costNanoUsd: null, usage: noUsage, timing, headers: [] });
    };
    assert.doesNotThrow(upstream);
    await exchange.destroyed.promise;
    assert.deepEqual(exchange.done, ["destroy"]);
    assert.deepEqual(errors, ["an answer failed for a reason that nobody foresaw"]);
    assert.deepEqual(cancelled, stream ? ["internal"] : []);
    exchange.observer?.closed(false);
    assert.equal(errors.length, 1);
  });
}

test("SEC-5 a heartbeat that cannot be written ends its exchange alone", async () => {
  const { clock, exchange, cancelled, errors, model } = setUp({ stream: true });
  await model.serve();
  exchange.fault = invalid;
  clock.advanceBy(6_000);
  await exchange.destroyed.promise;
  assert.deepEqual(cancelled, ["internal"]);
  assert.equal(errors.length, 1);
});

test("WIR-13 a head that leaves early names what the attempts so far leave out", async () => {
  const { clock, exchange, response, model } = setUp({ stream: true });
  response.attempted(["top_k"]);
  await model.serve();
  response.attempted(["seed", "top_k"]);
  clock.advanceBy(6_000);
  assert.deepEqual(exchange.done, ["start 200", "write : ping"]);
  const { headers } = exchange;
  assert.equal(headers[headers.indexOf("x-sekisho-dropped") + 1], "top_k, seed");
  assert.equal(headers.includes("x-sekisho-provider"), false);
});
