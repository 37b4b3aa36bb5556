import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { HealthVerdict } from "../health.ts";
import { HealthTree } from "./health-tree.ts";
import { target as makeTarget } from "./route-fixture.ts";

const [target, other] = ["a", "b"].map((model) =>
  makeTarget(`p/c/${model}`, { provider: "p", upstreamModel: model, circuitName: model }),
);

function setUp() {
  assert.ok(target && other);
  const random = new SeededRandom(1);
  const health = new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker({ ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs }, random),
    changed: () => {},
  });
  const fail = (of: typeof target, verdict: HealthVerdict): void => {
    for (let n = 0; n < 5; n++) health.admit(of, 1, 0)?.end(verdict, 0);
  };
  return { health, fail, target, other };
}

test("RTE-15 an open circuit lets a call in panic pass, and learns nothing of it", () => {
  const { health, fail, target: sick } = setUp();
  fail(sick, "server");
  assert.equal(health.admit(sick, 1, 1_000), null);
  const rest = health.restOf(sick, 2_000);
  const passage = health.admitInPanic(sick, 1, 1_000);
  assert.equal(health.load(sick, 1_000).inFlight, 1);
  passage?.firstToken(1_500, true);
  passage?.end("success", 1_500);
  health.admitInPanic(sick, 1, 1_600)?.end("server", 1_600);
  assert.deepEqual(health.restOf(sick, 2_000), rest);
  assert.equal(health.load(sick, 2_000).inFlight, 0);
});

test("RTE-15 a half-open circuit takes the call for its probe", () => {
  const { health, fail, target: sick } = setUp();
  fail(sick, "server");
  for (let n = 0; n < 2; n++) health.admitInPanic(sick, 1, 30_001)?.end("success", 30_002);
  assert.equal(health.circuitsOf(sick, 30_003).at(-1)?.state, "closed");
});

test("RTE-15 the open circuit of a region is passed as well", () => {
  const { health, fail, target: sick, other: neighbour } = setUp();
  fail(neighbour, "network");
  assert.equal(health.restOf(sick, 1_000)?.cause, "region");
  assert.notEqual(health.admitInPanic(sick, 1, 1_000), null);
});

test("RTE-15 a pause, a quarantine, a drain and an administrator's hold are not passed", () => {
  const kept: Record<string, (tree: HealthTree) => void> = {
    pause: (tree) => tree.cool(sick, 100, 0),
    quarantine: (tree) => tree.admit(neighbour, 1, 0)?.end("credential", 0),
    drain: (tree) => tree.serve([sick, neighbour], ["p"]),
    hold: (tree) => void tree.command("p/c/a", "force-open", 0),
  };
  const { target: sick, other: neighbour } = setUp();
  for (const [name, keep] of Object.entries(kept)) {
    const { health, fail } = setUp();
    fail(sick, "server");
    keep(health);
    assert.equal(health.admitInPanic(sick, 1, 50), null, name);
    assert.equal(health.load(sick, 50).inFlight, 0, name);
  }
});
