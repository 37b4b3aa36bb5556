import assert from "node:assert/strict";
import { test } from "node:test";
import { oneCore, ownCores } from "./arrangement.ts";

const options = { count: 3, rate: 1_000 };

test("with a core each, no two processes of a scene share one", () => {
  const { coreOf, loadCores } = ownCores(options);
  assert.deepEqual(new Set([0, 1, 2].map(coreOf)), new Set(loadCores));
  assert.deepEqual(loadCores, [0, 1, 2]);
});

test("with a core each, every process is asked as often as the one", () => {
  const { one, several, apart, rateOf } = ownCores(options);
  assert.deepEqual([one, several, apart].map(rateOf), [1_000, 3_000, 3_000]);
});

test("on one core, no process stands beside the load generator", () => {
  const { coreOf, loadCores, scenes, rateOf } = oneCore(options);
  assert.equal(new Set([0, 1, 2].map(coreOf)).size, 1);
  assert.ok(!loadCores.includes(coreOf(0)));
  assert.ok(scenes.every((scene) => rateOf(scene) === 0));
});
