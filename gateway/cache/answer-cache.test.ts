import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { AnswerCache, type AskedAt, type CacheLimits } from "./answer-cache.ts";
import type { CacheStore, PurgeSelector } from "./cache-store.ts";
import type { CachedAnswer } from "./cached-answer.ts";

const whole: PurgeSelector = {
  tenant: null,
  alias: null,
  keyId: null,
  user: null,
  sessions: null,
  key: null,
};

function answerOf(key: string, rest: Partial<CachedAnswer> = {}): CachedAnswer {
  return {
    key,
    owner: { tenant: "t", alias: "a", keyId: "k", user: null, session: null },
    storedMs: 0,
    expiresMs: 300_000,
    facts: {
      form: null,
      served: { provider: "p", region: "r", upstreamModel: "m" },
      dropped: [],
      usage: { input: 1, output: 2, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 },
      costNanoUsd: 5,
      headers: [],
    },
    entries: [],
    bytes: 1_000,
    ...rest,
  };
}

/** Asked for then, and by nobody since. */
const at = (arrivedMs: number): AskedAt => ({ arrivedMs, sinceMs: Infinity });

function cacheOf(
  limits: Partial<CacheLimits> = {},
  store: CacheStore | null = null,
  purged: () => void = () => {},
) {
  const clock = new VirtualClock(0);
  const failures: string[] = [];
  const cache = new AnswerCache({
    clock,
    limits: () => ({ memoryBytes: 80_000, answers: 1_000, ...limits }),
    store,
    failed: (work) => failures.push(work),
    purged,
  });
  return { cache, clock, failures };
}

test("STR-14 an answer is given until its time is over, and never when older than asked", () => {
  const { cache, clock } = cacheOf();
  cache.keep(answerOf("1"), at(0));
  clock.advanceBy(10_000);
  assert.equal(cache.find("1", 9_999), null);
  assert.equal(cache.find("1", 10_000)?.key, "1");
  clock.advanceBy(289_999);
  assert.equal(cache.find("1", Infinity)?.key, "1");
  clock.advanceBy(1);
  assert.equal(cache.find("1", Infinity), null);
  assert.deepEqual(cache.held, { answers: 0, bytes: 0 });
});

test("STR-14 what is over leaves memory though nobody asks for it", () => {
  let sweeps = 0;
  const store: CacheStore = {
    find: () => null,
    keep: () => {},
    holds: () => false,
    purge: () => Promise.resolve(0),
    sweep: () => void (sweeps += 1),
    scrub: () => Promise.resolve(true),
    changes: () => ({ purges: 0, renewals: 0 }),
    renewedSince: () => [],
    size: () => ({ answers: 0, bytes: 0 }),
  };
  const { cache, clock } = cacheOf({}, store);
  cache.keep(answerOf("1", { expiresMs: 10 }), at(0));
  cache.keep(answerOf("2", { expiresMs: 11 }), at(0));
  clock.advanceBy(10);
  cache.sweep(false);
  assert.deepEqual([cache.held.answers, sweeps], [1, 0]);
  cache.sweep(true);
  assert.equal(sweeps, 1);
});

test("STR-14 a wall clock that is set back keeps no answer alive", () => {
  const { cache } = cacheOf();
  cache.keep(answerOf("1", { storedMs: 60_000, expiresMs: 360_000 }), at(0));
  assert.equal(cache.find("1", Infinity), null);
});

test("STR-14 what was used longest ago goes first, by bytes and number; no giant is kept", () => {
  const { cache } = cacheOf({ memoryBytes: 8_000 });
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8"]) cache.keep(answerOf(key), at(0));
  assert.equal(cache.find("1", Infinity)?.key, "1");
  cache.keep(answerOf("9"), at(0));
  assert.equal(cache.find("2", Infinity), null);
  assert.deepEqual(cache.held, { answers: 8, bytes: 8_000 });
  assert.ok(!cache.keep(answerOf("giant", { bytes: 1_001 }), at(0)));
  const few = cacheOf({ answers: 2 }).cache;
  for (const key of ["1", "2", "3"]) few.keep(answerOf(key), at(0));
  assert.deepEqual([few.find("1", Infinity), few.held.answers], [null, 2]);
});

test("STR-14 a purge takes those that say all of it", async () => {
  const { cache } = cacheOf();
  const owner = { tenant: "t", alias: "a", keyId: "k", user: "u", session: null };
  cache.keep(answerOf("1", { owner }), at(0));
  cache.keep(answerOf("2", { owner: { ...owner, tenant: "other" } }), at(0));
  cache.keep(answerOf("3"), at(0));
  assert.ok(cache.holds({ ...whole, tenant: "t", user: "u" }));
  assert.equal(await cache.purge({ ...whole, tenant: "t", user: "u" }), 1);
  assert.ok(!cache.holds({ ...whole, tenant: "t", user: "u" }));
  assert.equal(cache.find("1", Infinity), null);
  assert.equal(await cache.purge({ ...whole, user: "" }), 0);
  assert.equal(await cache.purge({ ...whole, key: "2" }), 1);
  assert.equal(await cache.purge(whole), 1);
});

test("SEC-16 an erasure takes what a user or a session was answered, and its bytes", async () => {
  let scrubs = 0;
  const store: CacheStore = {
    find: () => null,
    keep: () => {},
    holds: () => false,
    purge: () => Promise.resolve(0),
    sweep: () => {},
    scrub: () => Promise.resolve((scrubs += 1) > 1),
    changes: () => ({ purges: 0, renewals: 0 }),
    renewedSince: () => [],
    size: () => ({ answers: 0, bytes: 0 }),
  };
  const { cache } = cacheOf({}, store);
  const owner = { tenant: "t", alias: "a", keyId: "k", user: null, session: null };
  const owners = [
    owner,
    { ...owner, user: "u" },
    { ...owner, session: "s" },
    { ...owner, tenant: "other", user: "u", session: "s" },
  ];
  for (const [n, each] of owners.entries()) cache.keep(answerOf(String(n), { owner: each }), at(0));
  const erased = { tenant: "t", user: "u", sessions: ["r", "s"] };
  await assert.rejects(cache.erase(erased), { code: "conflict" });
  await cache.erase(erased);
  const left = ["0", "1", "2", "3"].filter((key) => cache.find(key, Infinity) !== null);
  assert.deepEqual(left, ["0", "3"]);
  await cache.erase({ tenant: "other", user: null, sessions: ["s"] });
  assert.equal(cache.held.answers, 1);
});

test("STR-14 what was asked for before a purge is not kept behind it", async () => {
  const { cache, clock } = cacheOf();
  clock.advanceBy(10);
  await cache.purge(whole);
  assert.ok(!cache.keep(answerOf("1"), at(9)));
  assert.ok(cache.keep(answerOf("1"), at(10)));
});

test("STR-14 a store that fails is counted, and what memory has is given all the same", () => {
  const broken = (): never => {
    throw new Error("the disk is gone");
  };
  const purge = () => Promise.reject(new Error("the disk is gone"));
  const store = {
    find: broken,
    keep: broken,
    changes: broken,
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: broken,
    size: broken,
    holds: broken,
    purge,
  };
  const { cache, clock, failures } = cacheOf({}, store);
  assert.equal(cache.find("1", Infinity), null);
  assert.ok(cache.keep(answerOf("1"), at(0)));
  assert.equal(cache.find("1", Infinity)?.key, "1");
  assert.equal(cache.kept, null);
  assert.ok(cache.holds({ ...whole, tenant: "nobody" }), "the purge will say what is wrong");
  assert.deepEqual(failures, ["find", "find", "find", "keep", "find", "find"]);
  clock.advanceBy(250);
  assert.equal(cache.find("1", Infinity)?.key, "1");
});

test("STR-14 what another process has thrown away is not given within 250 ms", () => {
  let purges = 0;
  const kept = new Map<string, CachedAnswer>();
  const store: CacheStore = {
    find: (key) => kept.get(key) ?? null,
    keep: (answer) => void kept.set(answer.key, answer),
    holds: () => false,
    purge: () => Promise.resolve(0),
    changes: () => ({ purges, renewals: 0 }),
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: () => [],
    size: () => ({ answers: kept.size, bytes: 0 }),
  };
  const { cache, clock } = cacheOf({}, store);
  cache.find("0", Infinity);
  cache.keep(answerOf("1"), at(0));
  purges = 1;
  kept.clear();
  clock.advanceBy(250);
  assert.equal(cache.find("1", Infinity), null);
});

test("SEC-16 what another process has thrown away leaves a process that nobody asks", () => {
  let purges = 0;
  const store: CacheStore = {
    find: () => null,
    keep: () => {},
    holds: () => false,
    purge: () => Promise.resolve(0),
    changes: () => ({ purges, renewals: 0 }),
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: () => [],
    size: () => ({ answers: 0, bytes: 0 }),
  };
  let told = 0;
  const { cache } = cacheOf({}, store, () => void (told += 1));
  cache.keep(answerOf("1"), at(0));
  cache.sweep(false);
  assert.deepEqual([cache.held.answers, told], [1, 0]);
  purges = 1;
  cache.sweep(false);
  assert.deepEqual([cache.held.answers, told], [0, 1]);
});

test("STR-14 what is thrown away elsewhere does not come back behind it", async () => {
  let purges = 0;
  const kept: [key: string, purges: number][] = [];
  const store: CacheStore = {
    find: () => null,
    keep: (answer, { purges: seen }) => void kept.push([answer.key, seen]),
    holds: () => false,
    purge: () => Promise.resolve(0),
    changes: () => ({ purges, renewals: 0 }),
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: () => [],
    size: () => ({ answers: 0, bytes: 0 }),
  };
  const { cache, clock } = cacheOf({}, store);
  cache.find("0", Infinity);
  clock.advanceBy(1);
  purges = 1;
  assert.ok(!cache.keep(answerOf("asked before"), at(0)));
  assert.ok(cache.keep(answerOf("asked since"), at(1)));
  assert.deepEqual(kept, [["asked since", 1]]);
});

test("STR-14 what is read from the store while it is thrown away is given to nobody", async () => {
  const purging = Promise.withResolvers<number>();
  let isThere = true;
  const store: CacheStore = {
    find: (key) => (isThere ? answerOf(key) : null),
    keep: () => {},
    holds: () => isThere,
    purge: () => purging.promise,
    changes: () => ({ purges: isThere ? 0 : 1, renewals: 0 }),
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: () => [],
    size: () => ({ answers: 1, bytes: 0 }),
  };
  const { cache } = cacheOf({}, store);
  const purge = cache.purge(whole);
  assert.equal(cache.find("1", Infinity)?.key, "1");
  isThere = false;
  purging.resolve(1);
  assert.equal(await purge, 1);
  assert.equal(cache.find("1", Infinity), null);
});

test("STR-14 what another process has renewed is read anew within 250 ms, once", () => {
  const kept = new Map<string, CachedAnswer>();
  let renewed: readonly { key: string; storedMs: number }[] | null = [];
  let renewals = 7;
  let reads = 0;
  const store: CacheStore = {
    find(key) {
      reads += 1;
      return kept.get(key) ?? null;
    },
    keep: (answer) => void kept.set(answer.key, answer),
    holds: () => false,
    purge: () => Promise.resolve(0),
    changes: () => ({ purges: 0, renewals }),
    sweep: () => {},
    scrub: () => Promise.resolve(true),
    renewedSince: (since) => (since === renewals - 1 ? renewed : assert.fail(String(since))),
    size: () => ({ answers: kept.size, bytes: 0 }),
  };
  const { cache, clock } = cacheOf({}, store);
  const timeOf = (key: string): number | undefined => cache.find(key, Infinity)?.storedMs;
  clock.advanceBy(1_000);
  for (const key of ["1", "2"]) cache.keep(answerOf(key), at(0));
  kept.set("1", answerOf("1", { storedMs: 900 }));
  assert.deepEqual([timeOf("1"), reads], [0, 0]);
  renewals += 1;
  renewed = [
    { key: "1", storedMs: 900 },
    // It is its own.
    { key: "2", storedMs: 0 },
    { key: "3", storedMs: 900 },
  ];
  clock.advanceBy(250);
  assert.deepEqual([timeOf("1"), timeOf("1"), timeOf("2"), reads], [900, 900, 0, 1]);
  // Too many of them: everything is.
  renewals += 1;
  renewed = null;
  clock.advanceBy(250);
  assert.deepEqual([timeOf("1"), timeOf("2"), reads], [900, 0, 3]);
});

test("STR-14 one that was kept since it was asked for stays, but for who wanted another", () => {
  const { cache, clock } = cacheOf();
  const storedMs = (): number | undefined => cache.find("1", Infinity)?.storedMs;
  clock.advanceBy(100);
  cache.keep(answerOf("1", { storedMs: 50 }), { arrivedMs: 0, sinceMs: 0 });
  assert.ok(!cache.keep(answerOf("1", { storedMs: 60 }), { arrivedMs: 0, sinceMs: 49 }));
  assert.equal(storedMs(), 50);
  assert.ok(cache.keep(answerOf("1", { storedMs: 70 }), { arrivedMs: 0, sinceMs: 50 }));
  assert.equal(storedMs(), 70);
  assert.ok(cache.keep(answerOf("1", { storedMs: 80 }), { arrivedMs: 0, sinceMs: Infinity }));
  // The clock was set back: it is given to nobody, and in nobody's way.
  assert.ok(cache.keep(answerOf("1", { storedMs: 20 }), { arrivedMs: 0, sinceMs: 10 }));
  assert.equal(storedMs(), 20);
});
