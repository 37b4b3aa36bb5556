import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Principal } from "../principal.ts";
import type { RateAsker, RateLimit } from "./rate-limit.ts";
import { Rates } from "./rates.ts";

const principal: Principal = {
  keyId: "k1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};
const asker: RateAsker = { principal, user: null, connection: 1, model: "m" };

/** Two processes that tell each other when a test says so. */
function setUp(limit: Partial<RateLimit>) {
  const clock = new VirtualClock();
  const limits: readonly RateLimit[] = [
    { scope: "key", requests: null, tokensPerMinute: null, concurrent: null, ...limit },
  ];
  const [a, b] = [1, 2].map(() => {
    const rates = new Rates(clock, () => limits);
    return { rates, shares: rates.shares() };
  });
  assert.ok(a !== undefined && b !== undefined);
  const tell = (): void => {
    const [ofA, ofB] = [a.shares.collect(), b.shares.collect()];
    a.shares.take(2, ofB);
    b.shares.take(1, ofA);
  };
  return { clock, a, b, tell };
}

const granted = (rates: Rates, tokens = 0): number => {
  for (let count = 0; ; count += 1) {
    try {
      rates.close(rates.admit(asker, tokens), { isSent: true, tokens });
    } catch (error) {
      if (error instanceof Failure && error.code === "rate_limited") return count;
      throw error;
    }
  }
};

test("MON-13 what one process grants, the other takes off when it is told", () => {
  const { clock, a, b, tell } = setUp({ requests: { perSecond: 10, burst: 20 } });
  granted(b.rates);
  clock.advanceBy(10_000);
  assert.equal(granted(a.rates), 20);
  tell();
  // What b has granted before was paid off meanwhile; what a has granted just now is not.
  assert.equal(granted(b.rates), 0);
  clock.advanceBy(1_000);
  assert.equal(granted(b.rates), 10);
});

test("MON-13 in the long run two processes let pass what one would, and one burst more", () => {
  const { clock, a, b, tell } = setUp({ requests: { perSecond: 10, burst: 20 } });
  let passed = 0;
  for (let step = 0; step < 600; step += 1) {
    passed += granted(a.rates) + granted(b.rates);
    tell();
    clock.advanceBy(100);
  }
  assert.ok(passed <= 2 * 20 + 10 * 60 + 2, `${passed}`);
  assert.ok(passed >= 20 + 10 * 59, `${passed}`);
});

test("MON-13 tokens of another process count with what its calls came to", () => {
  const { a, b, tell } = setUp({ tokensPerMinute: 1_000 });
  b.rates.close(b.rates.admit(asker, 1), { isSent: true, tokens: 0 });
  a.rates.close(a.rates.admit(asker, 900), { isSent: true, tokens: 400 });
  tell();
  assert.throws(() => b.rates.admit(asker, 601), { code: "rate_limited" });
  b.rates.admit(asker, 600);
});

test("MON-13 calls at once are those of both, until the other process ends", () => {
  const { a, b, tell } = setUp({ concurrent: 3 });
  const first = a.rates.admit(asker, 0);
  const held = b.rates.admit(asker, 0);
  a.rates.admit(asker, 0);
  tell();
  assert.throws(() => b.rates.admit(asker, 0), { code: "rate_limited" });
  a.rates.close(first, { isSent: true, tokens: 0 });
  tell();
  b.rates.admit(asker, 0);
  assert.throws(() => b.rates.admit(asker, 0), { code: "rate_limited" });
  b.shares.forget(1);
  b.rates.admit(asker, 0);
  b.rates.close(held, { isSent: true, tokens: 0 });
});

test("MON-13 nothing is told twice", () => {
  const { a } = setUp({ requests: { perSecond: 10, burst: 20 } });
  a.rates.count(asker);
  assert.deepEqual(a.shares.collect(), [{ owner: "key:k1", requests: 1, tokens: 0, underWay: 0 }]);
  assert.deepEqual(a.shares.collect(), []);
});

test("MON-13 a 64th of what may be used at once is told at once, less within a second", () => {
  const { clock, a, b, tell } = setUp({ requests: { perSecond: 1, burst: 640 }, concurrent: 640 });
  const used = (times: number): void => {
    for (let call = 0; call < times; call += 1) a.rates.count(asker);
  };
  b.rates.count(asker);
  used(1);
  tell();
  used(9);
  assert.deepEqual(a.shares.collect(), []);
  const calls = Array.from({ length: 9 }, () => a.rates.admit(asker, 0));
  const told = { owner: "key:k1", tokens: 0 };
  // Nine of before and nine that have begun.
  assert.deepEqual(a.shares.collect(), [{ ...told, requests: 18, underWay: 9 }]);
  for (const call of calls) a.rates.close(call, { isSent: true, tokens: 0 });
  used(1);
  clock.advanceBy(999);
  assert.deepEqual(a.shares.collect(), []);
  clock.advanceBy(1);
  assert.deepEqual(a.shares.collect(), [{ ...told, requests: 1, underWay: 0 }]);
});

test("MON-13 what has no limit is told once in a second", () => {
  const { clock, a } = setUp({});
  a.rates.count(asker);
  assert.equal(a.shares.collect().length, 1);
  for (let call = 0; call < 1_000; call += 1) a.rates.count(asker);
  assert.deepEqual(a.shares.collect(), []);
  clock.advanceBy(1_000);
  assert.deepEqual(a.shares.collect(), [
    { owner: "key:k1", requests: 1_000, tokens: 0, underWay: 0 },
  ]);
});
