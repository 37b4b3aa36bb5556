import assert from "node:assert/strict";
import { test } from "node:test";
import type { CircuitChange } from "@sekisho/wire/admin/circuits.ts";
import { liveSlots, type LiveAlert } from "@sekisho/wire/admin/live.ts";
import { frameOf, slotOf } from "./live-fixture.ts";
import { LiveState, secondColumn } from "./live-state.ts";

const change = (atMs: number, id: string): CircuitChange => ({
  level: "target",
  id,
  provider: "p",
  region: "r",
  credential: null,
  model: null,
  from: "closed",
  to: "open",
  cause: null,
  recentFailures: 0,
  retryInMs: null,
  isForced: false,
  atMs,
});

test("CON-1 a delta adds seconds and replaces the slot under way", () => {
  const state = new LiveState();
  state.begin(
    frameOf(100, { seconds: [[99, 5, 1, 0, 10, 20]], slots: [slotOf("a", 9, { requests: 5 })] }),
    0,
  );
  const seconds = [
    [99, 6, 1, 0, 11, 21],
    [100, 2, 0, 3, 0, 0],
  ] as const;
  state.apply(
    frameOf(101, {
      seconds,
      slots: [slotOf("a", 9, { requests: 6 }), slotOf("a", 10, { requests: 2 })],
    }),
    900,
  );
  const requests = [98, 99, 100].map((second) => state.seconds.get(second, secondColumn.requests));
  assert.deepEqual(requests, [0, 6, 2]);
  assert.equal(state.seconds.get(100, secondColumn.refused), 3);
  assert.deepEqual(
    [...state.slotsWithin(60)].map((slot) => slot.requests),
    [6, 2],
  );
  assert.deepEqual(
    [...state.slotsWithin(11)],
    [slotOf("a", 9, { requests: 6 }), slotOf("a", 10, { requests: 2 })],
  );
  assert.deepEqual([...state.slotsWithin(10)], [slotOf("a", 10, { requests: 2 })]);
  assert.equal(state.epochS(100), 1_000_000_100);
});

test("what a frame leaves out stays as it was, and has the age of its own", () => {
  const state = new LiveState();
  const given = { answers: 0, savedNanoUsd: 0, aliases: [], held: { answers: 0, bytes: 0 } };
  const today = { requests: 1, costNanoUsd: 2, models: [], given };
  state.begin(frameOf(10, { today, circuits: [] }), 1_000);
  state.apply(frameOf(11, { running: 7 }), 2_000);
  assert.deepEqual([state.today, state.todayReceivedMs], [today, 1_000]);
  assert.deepEqual([state.receivedMs, state.running], [2_000, 7]);
});

test("a change that is told twice is one, and fifty are kept", () => {
  const state = new LiveState();
  state.begin(frameOf(10, { changes: [change(1, "a")] }), 0);
  state.apply(frameOf(11, { changes: [change(1, "a"), change(2, "b")] }), 0);
  assert.deepEqual(
    state.changes.map(({ id }) => id),
    ["a", "b"],
  );
  const many = Array.from({ length: 80 }, (_, n) => change(10 + n, "c"));
  state.apply(frameOf(12, { changes: many }), 0);
  assert.equal(state.changes.length, 50);
  assert.equal(state.changes.at(-1)?.atMs, 89);
});

const alert = (id: string, atMs: number): LiveAlert => ({
  id,
  atMs,
  tenant: "acme",
  scope: "key",
  account: "key:k1:day",
  window: "day",
  measure: "cost",
  share: 0.5,
  limit: 100,
  used: 50,
  code: null,
});

test("MON-12 an alert that is told twice is one, and the latest are kept by their instants", () => {
  const state = new LiveState();
  state.begin(frameOf(10, { alerts: [alert("a", 5)] }), 0);
  state.apply(frameOf(11, { alerts: [alert("a", 5), alert("late", 2)] }), 0);
  assert.deepEqual(
    state.alerts.map(({ id }) => id),
    ["late", "a"],
  );
  const many = Array.from({ length: 30 }, (_, n) => alert(`m${n}`, 10 + n));
  state.apply(frameOf(12, { alerts: many }), 0);
  assert.equal(state.alerts.length, 20);
  assert.equal(state.alerts.at(-1)?.id, "m29");
  state.begin(frameOf(3), 0);
  assert.deepEqual(state.alerts, []);
});

test("a gateway that was restarted numbers anew: nothing of the old one stays", () => {
  const state = new LiveState();
  state.begin(
    frameOf(50_000, { seconds: [[49_999, 1, 0, 0, 0, 0]], slots: [slotOf("a", 4_999)] }),
    0,
  );
  state.begin(frameOf(3, { seconds: [[2, 4, 0, 0, 0, 0]] }), 0);
  assert.deepEqual([...state.slotsWithin(900)], []);
  assert.equal(state.seconds.get(2, secondColumn.requests), 4);
  assert.equal(state.seconds.get(49_999, secondColumn.requests), 0);
});

test("CON-1 a page that is open for a day does not grow", () => {
  const state = new LiveState();
  state.begin(frameOf(0), 0);
  for (let second = 1; second <= 86_400; second++) {
    const slot = Math.floor(second / 10);
    const target = `t${Math.floor(second / 3_600)}`;
    state.apply(
      frameOf(second, {
        seconds: [[second - 1, 1, 0, 1, 1, 1]],
        targets: [{ id: target, provider: "p", region: "r", model: "m" }],
        slots: [slotOf(target, slot)],
        refusals: [{ slot, codes: { rate_limited: 1 } }],
        changes: [change(second, target)],
      }),
      second,
    );
  }
  assert.ok([...state.slotsWithin(Infinity)].length <= liveSlots + 1);
  assert.ok([...state.refusalsWithin(Infinity)].length <= liveSlots + 1);
  assert.ok(state.targets.size <= 2);
  assert.equal(state.changes.length, 50);
  assert.equal(state.seconds.sum(secondColumn.requests, 0, 86_400), 900);
});
