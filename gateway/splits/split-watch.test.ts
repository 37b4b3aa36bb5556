import assert from "node:assert/strict";
import { test } from "node:test";
import { commanded } from "./split-change.ts";
import { SplitWatch, type SplitDeed } from "./split-watch.ts";
import { endedCall, openSplits, somebody, splitOf } from "./splits-fixture.ts";
import type { Splits } from "./splits.ts";

function setUp() {
  const world = openSplits();
  const { clock, books, writer, settle } = world;
  const split = splitOf();
  const deeds: SplitDeed[] = [];
  const failures: unknown[] = [];
  let requests = 0;
  /** A process with a watch of its own. */
  const process = (leads = true, configured = [split]) => {
    const splits = world.open();
    const watch = new SplitWatch({
      clock,
      splits,
      books: {
        counts(phase) {
          if (phase.split === "broken") throw new Error("a page cannot be read");
          return books.counts(phase);
        },
        forgetOld: (nowMs) => books.forgetOld(nowMs),
      },
      writer,
      configured: () => configured,
      leads: () => leads,
      newRequestId: () => `req_${++requests}`,
      audited: () => ({ sql: "SELECT 1", params: [] }),
      told: (deed) => deeds.push(deed),
      failed: (error) => failures.push(error),
    });
    return { splits, watch, look: () => settle(watch.look()) };
  };
  /** So many calls of an arm now, of which so many fail. */
  const serve = (arm: string, count: number, failed: number, splits: Splits): Promise<void> => {
    const { phase } = splits.stateOf("ab");
    const calls = Array.from({ length: count }, (_, n) =>
      endedCall({
        arm,
        phase,
        cause: n < failed ? "upstream_error" : null,
        endedWallMs: clock.wallMs(),
      }),
    );
    return world.record(...calls);
  };
  const begin = (splits: Splits): Promise<unknown> =>
    settle(
      splits.change(
        split,
        (standing) => commanded(standing, { command: "canary", arm: "c" }),
        somebody,
      ),
    );
  return { ...world, split, deeds, failures, process, serve, begin };
}

test("RTE-4 an arm that fails is rolled back once, whoever looks, and told why", async () => {
  const { process, serve, deeds, told, split, failures } = setUp();
  const [one, other] = [process(), process()];
  await serve("a", 400, 2, one.splits);
  await serve("b", 117, 12, one.splits);
  await Promise.all([one.look(), other.look()]);
  await one.look();
  assert.deepEqual(
    told.map(({ event, arm, by, words }) => [event, arm, by, words]),
    [
      [
        "rolled_back",
        "b",
        "automatic",
        "b is rolled back: 12 of 117 calls in 300 s failed (10.3 %, over 5 %, " +
          "0.5 % of those of the others); a 100 %, b 0 %, c 0 %",
      ],
    ],
  );
  assert.deepEqual(
    deeds.map(({ event, requestId }) => [event, requestId]),
    [["rolled_back", told[0]?.requestId]],
  );
  assert.deepEqual(failures, []);
  for (const { splits, watch } of [one, other]) {
    splits.refresh();
    assert.equal(splits.now(split).arms.find(({ name }) => name === "b")?.weight, 0);
    watch[Symbol.dispose]();
  }
});

test("RTE-4 calls from before a change say nothing: re-enabled, it is judged anew", async () => {
  const { process, serve, told, split, settle } = setUp();
  const { splits, look, watch } = process();
  await serve("a", 200, 0, splits);
  await serve("b", 200, 100, splits);
  await look();
  const enable = { command: "set", weights: { b: 20 } } as const;
  await settle(splits.change(split, (standing) => commanded(standing, enable), somebody));
  await look();
  assert.equal(told.length, 2);
  await serve("a", 100, 0, splits);
  await serve("b", 100, 10, splits);
  await look();
  assert.deepEqual(
    told.map(({ event }) => event),
    ["rolled_back", "weighted", "rolled_back"],
  );
  watch[Symbol.dispose]();
});

test("RTE-4 a healthy canary reaches all calls, each step after time and calls", async () => {
  const { clock, process, serve, begin, told } = setUp();
  const { splits, look, watch } = process();
  await begin(splits);
  for (let step = 0; step < 4; step++) {
    await serve("c", 100, 5, splits);
    await look();
    assert.equal(told.length, step + 1, "not before its time");
    clock.advanceBy(300_000);
    await look();
  }
  assert.deepEqual(
    told.map(({ event, words }) => `${event}: ${words}`),
    [
      "canary_began: c has 1 % of the calls, and is to have 10, 50, 100 %",
      "stepped: c has 10 % of the calls instead of 1 %",
      "stepped: c has 50 % of the calls instead of 10 %",
      "stepped: c has 100 % of the calls instead of 50 %",
      "completed: c has 100 % of the calls, and its canary is over",
    ],
  );
  watch[Symbol.dispose]();
});

test("RTE-4 a canary goes on in the next process, from the step it was at", async () => {
  const { clock, process, serve, begin, told } = setUp();
  const before = process();
  await begin(before.splits);
  await serve("c", 100, 0, before.splits);
  clock.advanceBy(200_000);
  before.watch[Symbol.dispose]();
  const after = process();
  clock.advanceBy(100_001);
  await after.look();
  assert.deepEqual(
    told.map(({ event }) => event),
    ["canary_began", "stepped"],
  );
  after.watch[Symbol.dispose]();
});

test("RTE-4 who does not lead judges nothing; a look comes by itself each second", async () => {
  const { clock, process, serve, told, settle } = setUp();
  const follower = process(false);
  await serve("a", 200, 0, follower.splits);
  await serve("b", 200, 100, follower.splits);
  await follower.look();
  assert.deepEqual(told, []);
  follower.watch[Symbol.dispose]();
  const leader = process();
  clock.advanceBy(1_000);
  await settle(Promise.resolve());
  while (told.length === 0) await settle(Promise.resolve());
  assert.deepEqual(
    told.map(({ event }) => event),
    ["rolled_back"],
  );
  leader.watch[Symbol.dispose]();
});

test("RTE-4 a split that cannot be judged is not in the way of the next one", async () => {
  const { process, serve, told, failures } = setUp();
  const { splits, look, watch } = process(true, [splitOf({ split: "broken" }), splitOf()]);
  await serve("a", 200, 0, splits);
  await serve("b", 200, 100, splits);
  await look();
  assert.deepEqual(
    told.map(({ event }) => event),
    ["rolled_back"],
  );
  assert.equal(failures.length, 1);
  watch[Symbol.dispose]();
});
