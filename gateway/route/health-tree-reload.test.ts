import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { Target } from "../target.ts";
import { HealthTree } from "./health-tree.ts";
import { pool, target as makeTarget } from "./route-fixture.ts";

const setUp = (): HealthTree => {
  const random = new SeededRandom(1);
  return new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker({ ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs }, random),
    changed() {},
  });
};

const breakDown = (health: HealthTree, target: Target): void => {
  for (let n = 0; n < 5; n += 1) health.admit(target, 1, 0)?.end("server", 0);
};

test("RTE-13 a reload keeps the circuits of a provider that only wildcards reach", () => {
  const health = setUp();
  const [listed, byWildcard] = [makeTarget("p"), makeTarget("q", { circuitName: "mock.*" })];
  const served = { providers: ["p", "q"], pools: [] };
  health.serve([listed], [], served);
  breakDown(health, byWildcard);
  health.serve([listed], [], served);
  assert.equal(health.restOf({ ...byWildcard }, 0)?.cause, "circuit");
  health.serve([listed], [], { providers: ["p"], pools: [] });
  assert.equal(health.restOf({ ...byWildcard }, 0), null, "its provider was removed");
});

test("RTE-13 circuits of one target name the models that each of them is for", () => {
  const health = setUp();
  const usual = makeTarget("p");
  const strict = { ...usual, breaker: { ...usual.breaker, failures: 3 } };
  const other = makeTarget("q");
  const pools = [
    pool("fast", [usual]),
    pool("chat", [{ ...usual }, other]),
    pool("strict", [strict]),
  ];
  const targets = pools.flatMap((each) => each.targets);
  const serve = (served: readonly Target[]): void =>
    health.serve(served, [], { providers: [], pools: pools.slice(0, served.length) });
  const shown = (): unknown[] =>
    health
      .circuits(0)
      .filter(({ level }) => level === "target")
      .map(({ id, failureThreshold, aliases }) => [id, failureThreshold, aliases]);
  serve(targets);
  assert.deepEqual(shown(), [
    ["p", 5, ["fast", "chat"]],
    ["q", 5, null],
    ["p", 3, ["strict"]],
  ]);
  serve([usual]);
  assert.deepEqual(shown(), [["p", 5, null]], "the only one of its id");
});
