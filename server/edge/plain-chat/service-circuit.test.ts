import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { OnceAsked, OnceCall } from "@sekisho/gateway/calls/once-calls.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import { Response } from "@sekisho/gateway/responses/response.ts";
import type { EntryLog } from "@sekisho/lib/event-log/entry-reader.ts";
import { Failure, type FailureDetails } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { chatBreakerLimits } from "./chat-breaker-limits.ts";
import { ServiceCircuit } from "./service-circuit.ts";

const limits = chatBreakerLimits({ failures: 3, openMs: 30_000, successes: 1 });

/** What becomes of a call: a refusal of the pipeline, or how its response ends. */
type Fate =
  | { readonly refused: Code }
  | { readonly failed: Code; readonly facts?: FailureDetails["facts"] }
  | "complete"
  | "pending";

function setUp() {
  const clock = new VirtualClock();
  const breaker = new WindowedBreaker(limits, new SeededRandom(1));
  let fate: Fate = "complete";
  const bodies: string[] = [];
  const running: Response[] = [];
  const changes: string[] = [];
  const circuit = new ServiceCircuit({
    clock,
    breaker,
    changed: (to) => changes.push(to),
    pipeline: {
      async run(arrival: Arrival): Promise<RunningCall> {
        bodies.push(String(await arrival.body()));
        if (typeof fate === "object" && "refused" in fate) throw failureOf(fate.refused);
        const response = new Response("id", () => {});
        running.push(response);
        settle(response, fate);
        // No more of a running call is looked at here.
        return { response } as RunningCall;
      },
    },
  });
  const call = async (next: Fate = "complete", given: Partial<Arrival> = {}): Promise<string> => {
    fate = next;
    try {
      await circuit.run({ ...arrival, ...given });
      return "ran";
    } catch (error) {
      assert.ok(error instanceof Failure);
      return error.code;
    }
  };
  const open = async (): Promise<void> => {
    for (let calls = 0; calls < 3; calls += 1) await call({ failed: "upstream_unavailable" });
    assert.equal(circuit.status().state, "open");
  };
  return { clock, circuit, changes, bodies, running, call, open };
}

/** Under way until it is told that it has finished. */
function openLog(): EntryLog<CanonicalEvent> & { finish(): void } {
  let ended = false;
  let tell: () => void = () => {};
  return {
    nextSeq: 0,
    get ended() {
      return ended;
    },
    page: () => [],
    watch(listener) {
      tell = () => listener.published();
      return () => {};
    },
    finish() {
      ended = true;
      tell();
    },
  };
}

/** No more of an arrival is looked at here. */
const arrival = {
  body: () => Promise.resolve(Buffer.from("said")),
  timeoutMs: () => null,
} as unknown as Arrival;

const failureOf = (code: Code): Failure<Code> => new Failure<Code>(code, "words");

function settle(response: Response, fate: Fate): void {
  if (fate === "complete") {
    const served = {} as never; // nobody looks at who served it
    const timing = { firstTokenMs: 0, latencyMs: 0 };
    response.complete({ served, costNanoUsd: null, usage: noUsage, timing, headers: [] });
  } else if (fate !== "pending" && "failed" in fate) {
    const { failed, facts = {} } = fate;
    response.fail(new Failure<Code>(failed, "words", { facts }), null);
  }
}

describe("REF-9 the circuit of a service", () => {
  test("three failures in a row open it for 30 s, one success closes it", async () => {
    const { clock, circuit, changes, call, open } = setUp();
    await open();
    assert.deepEqual(circuit.status(), { state: "open", failuresInARow: 3, recentFailures: 3 });
    clock.advanceBy(29_999);
    assert.equal(await call(), "circuit_open");
    clock.advanceBy(1);
    assert.equal(circuit.status().state, "half_open");
    assert.equal(await call(), "ran");
    assert.deepEqual(circuit.status(), { state: "closed", failuresInARow: 0, recentFailures: 0 });
    assert.deepEqual(changes, ["open", "half_open", "closed"]);
  });

  test("a failed probe opens it for 30 s again, not for longer", async () => {
    const { clock, circuit, call, open } = setUp();
    await open();
    for (let round = 0; round < 3; round += 1) {
      clock.advanceBy(30_000);
      assert.equal(await call({ failed: "upstream_error" }), "ran");
      clock.advanceBy(29_999);
      assert.equal(circuit.status().state, "open");
      clock.advanceBy(1);
      assert.equal(circuit.status().state, "half_open");
    }
  });

  for (const perSecond of [0.05, 1, 100, 5_000]) {
    test(`three failures open it at ${perSecond} calls per second`, async () => {
      const { clock, circuit, call } = setUp();
      for (let calls = 0; calls < 200; calls += 1) {
        await call();
        clock.advanceBy(1_000 / perSecond);
      }
      for (let calls = 0; calls < 3; calls += 1) {
        assert.equal(circuit.status().state, "closed");
        await call({ failed: "upstream_unavailable" });
        clock.advanceBy(1_000 / perSecond);
      }
      assert.equal(circuit.status().state, "open");
    });
  }

  test("a success between two failures begins the count anew", async () => {
    const { circuit, call } = setUp();
    for (let round = 0; round < 10; round += 1) {
      await call({ failed: "upstream_unavailable" });
      await call({ failed: "upstream_unavailable" });
      await call();
    }
    assert.deepEqual(circuit.status(), { state: "closed", failuresInARow: 0, recentFailures: 20 });
  });

  test("while it is open no body is read, and the answer says when to come back", async () => {
    const { clock, circuit, bodies, open } = setUp();
    await open();
    clock.advanceBy(1_000);
    const before = bodies.length;
    const body = (): never => assert.fail("the body was read");
    await assert.rejects(circuit.run({ ...arrival, body }), {
      code: "circuit_open",
      details: { retryAfterMs: 29_000 },
    });
    assert.equal(bodies.length, before);
  });

  test("one call probes a half-open circuit, the others are asked to come back", async () => {
    const { clock, running, call, open } = setUp();
    await open();
    clock.advanceBy(30_000);
    assert.equal(await call("pending"), "ran");
    assert.equal(await call(), "circuit_open");
    settle(running.at(-1) ?? assert.fail(), "complete");
    assert.equal(await call(), "ran");
  });

  test("a client that sends its body slowly does not hold the only probe", async () => {
    const { clock, call, open } = setUp();
    await open();
    clock.advanceBy(30_000);
    const slow = Promise.withResolvers<Buffer>();
    const first = call("complete", { body: () => slow.promise });
    assert.equal(await call(), "ran");
    slow.resolve(Buffer.from("late"));
    assert.equal(await first, "ran");
  });

  test("a probe that its client leaves is given back", async () => {
    const { clock, running, call, open } = setUp();
    await open();
    clock.advanceBy(30_000);
    assert.equal(await call("pending"), "ran");
    running.at(-1)?.fail(failureOf("client_closed"), null);
    assert.equal(await call("pending"), "ran");
  });

  const innocent: readonly Code[] = [
    "invalid_value",
    "budget_exhausted",
    "rate_limited",
    "upstream_rejected",
    "upstream_rate_limited",
    "content_filtered",
    "client_closed",
    "overloaded",
    "draining",
  ];
  for (const code of innocent) {
    test(`${code} says nothing against the service`, async () => {
      const { circuit, call } = setUp();
      for (let calls = 0; calls < 5; calls += 1) {
        await call({ refused: code });
        await call({ failed: code });
      }
      assert.deepEqual(circuit.status(), { state: "closed", failuresInARow: 0, recentFailures: 0 });
    });
  }

  const guilty: readonly Code[] = [
    "upstream_unavailable",
    "upstream_timeout",
    "upstream_malformed",
    "circuit_open",
    "storage_unavailable",
    "internal",
    "deadline_exceeded",
  ];
  for (const code of guilty) {
    test(`${code} is a failure of the service`, async () => {
      const { circuit, call } = setUp();
      await call({ refused: code });
      await call({ failed: code });
      assert.equal(circuit.status().failuresInARow, 2);
    });
  }

  test("what administrators keep from use says nothing against the service", async () => {
    const { circuit, call } = setUp();
    const held = { failed: "circuit_open", facts: { heldBy: "administrators" } } as const;
    for (let calls = 0; calls < 5; calls += 1) await call(held);
    assert.equal(circuit.status().failuresInARow, 0);
    assert.equal(circuit.status().state, "closed");
  });

  test("a deadline that the client set says nothing against the service", async () => {
    const { circuit, call } = setUp();
    for (let calls = 0; calls < 5; calls += 1) {
      await call({ failed: "deadline_exceeded" }, { timeoutMs: () => 100 });
    }
    assert.equal(circuit.status().state, "closed");
  });

  test("STR-13 of one name the first call is heard, what is given again is not", async () => {
    const { circuit, call, open, clock } = setUp();
    const served: EntryLog<CanonicalEvent> & { finish(): void } = openLog();
    const end = { code: "upstream_unavailable", head: { details: {} } };
    const answer = { log: served, end } as unknown as FoundStream; // no more of it is looked at
    const calls = (isRepeated: boolean) => ({
      joins: { byName: true, byContent: false, byAwsRetry: false },
      run: async (arriving: Arrival): Promise<OnceCall> => {
        await arriving.body();
        return { answer, isRepeated } as OnceCall; // as above
      },
    });
    const asked = { name: "a" } as OnceAsked; // as above
    const first = circuit.once(calls(false));
    assert.deepEqual(first.joins, { byName: true, byContent: false, byAwsRetry: false });
    await first.run(arrival, asked);
    assert.equal(circuit.status().failuresInARow, 0);
    served.finish();
    for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
    assert.equal(circuit.status().failuresInARow, 1);
    for (let n = 0; n < 5; n += 1) await circuit.once(calls(true)).run(arrival, asked);
    assert.equal(circuit.status().failuresInARow, 1);
    await call();
    await open();
    await assert.rejects(circuit.once(calls(true)).run(arrival, asked), { code: "circuit_open" });
    clock.advanceBy(30_000);
    // Neither does it take the probe with it.
    await circuit.once(calls(true)).run(arrival, asked);
    assert.equal(await call(), "ran");
    assert.equal(circuit.status().state, "closed");
  });

  test("REF-10 a reset closes it and forgets the calls that are under way", async () => {
    const { circuit, running, call, open } = setUp();
    await call("pending");
    await open();
    circuit.reset();
    assert.deepEqual(circuit.status(), { state: "closed", failuresInARow: 0, recentFailures: 0 });
    running[0]?.fail(failureOf("upstream_unavailable"), null);
    assert.deepEqual(circuit.status(), { state: "closed", failuresInARow: 0, recentFailures: 0 });
  });
});
