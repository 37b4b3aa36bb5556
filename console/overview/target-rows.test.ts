import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveTarget } from "@sekisho/wire/admin/live.ts";
import { circuitOf, frameOf, slotOf } from "../live/live-fixture.ts";
import { LiveState } from "../live/live-state.ts";
import { targetRows } from "./target-rows.ts";

const targetOf = (id: string): LiveTarget => ({ id, provider: "p", region: "r", model: id });

const rowsOf = (more: Parameters<typeof frameOf>[1], spanS = 60) => {
  const state = new LiveState();
  state.begin(frameOf(100, more), 0);
  return targetRows(state, spanS);
};

test("what needs a look comes first, then what is called most; the rest is idle", () => {
  const circuits = [
    circuitOf("busy"),
    circuitOf("busier"),
    circuitOf("idle"),
    circuitOf("slow", { share: 0.4 }),
    circuitOf("held", { forced: "closed" }),
    circuitOf("drained", { isDrained: true }),
    circuitOf("probed", { state: "half_open" }),
    circuitOf("open", { state: "open", retryInMs: 5_000 }),
    circuitOf("p/r", { level: "region", model: null }),
    circuitOf("p/key", { level: "credential", model: null, state: "open" }),
  ];
  const slots = [slotOf("busy", 9), slotOf("busier", 9, { requests: 3 })];
  const { busy, idle } = rowsOf({ circuits, slots });
  assert.deepEqual(
    busy.map(({ circuit }) => circuit?.id),
    ["p/key", "drained", "open", "probed", "held", "slow", "busier", "busy"],
  );
  assert.deepEqual(
    idle.map(({ circuit }) => circuit?.id),
    ["idle"],
    "a region that is well is no row",
  );
  assert.deepEqual(
    busy.slice(-2).map(({ callShare }) => callShare),
    [0.75, 0.25],
  );
});

test("a target that only failed is no idle one, and says why", () => {
  const failedAttempts = { timeout: 1, upstream_error: 3 };
  const slots = [slotOf("a", 9, { requests: 0, failedAttempts })];
  const [row] = rowsOf({ circuits: [circuitOf("a")], slots }).busy;
  assert.equal(row?.figures.failedAttempts, 4);
  assert.deepEqual(
    row?.failures.map(({ code }) => code),
    ["upstream_error", "timeout"],
  );
});

test("the calls of a target that has two circuits are told apart from those of others once", () => {
  const failedAttempts = { timeout: 1 };
  const slots = [slotOf("a", 9, { failedAttempts })];
  const circuits = [circuitOf("a", { aliases: ["fast"] }), circuitOf("a", { aliases: ["slow"] })];
  assert.deepEqual(
    rowsOf({ circuits, slots }).busy.map(({ circuit, isRepeated }) => [
      circuit?.aliases,
      isRepeated,
    ]),
    [
      [["fast"], false],
      [["slow"], true],
    ],
  );
});

test("a target whose circuit is gone is told by its calls; calls without one by none", () => {
  const targets = [targetOf("gone"), targetOf("")];
  const slots = [slotOf("gone", 9), slotOf("", 9, { requests: 9 })];
  const { busy } = rowsOf({ targets, slots });
  assert.deepEqual(
    busy.map(({ model, circuit, callShare }) => [model, circuit, callShare]),
    [["gone", null, 1]],
  );
});
