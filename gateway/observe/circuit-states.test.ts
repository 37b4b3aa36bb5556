import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import { exposeCircuitStates } from "./circuit-states.ts";

const linesOf = (metrics: Metrics): string[] =>
  metrics
    .expose()
    .split("\n")
    .filter((line) => line.startsWith("sekisho_circuit_state{"));

test("OPS-7 each circuit is a gauge: 0 closed, 1 half-open, 2 open", () => {
  const metrics = new Metrics();
  let circuits = [
    circuit({ level: "region", credential: null, model: null, state: "open" }),
    circuit({ level: "credential", model: null, state: "half_open" }),
    circuit({}),
  ];
  exposeCircuitStates(metrics, () => circuits);
  const labels = 'provider="p",region="r"';
  assert.deepEqual(linesOf(metrics).toSorted(), [
    `sekisho_circuit_state{level="credential",${labels},credential="main",model="",aliases=""} 1`,
    `sekisho_circuit_state{level="region",${labels},credential="",model="",aliases=""} 2`,
    `sekisho_circuit_state{level="target",${labels},credential="main",model="m",aliases=""} 0`,
  ]);
  circuits = [circuit({ state: "open" }), circuit({ state: "closed" })];
  assert.deepEqual(linesOf(metrics), [
    `sekisho_circuit_state{level="target",${labels},credential="main",model="m",aliases=""} 2`,
  ]);
});

test("OPS-7 circuits of one target that are for other models are gauges of their own", () => {
  const metrics = new Metrics();
  const circuits = [
    circuit({ aliases: ["fast", "chat"], state: "open" }),
    circuit({ aliases: ["strict"] }),
  ];
  exposeCircuitStates(metrics, () => circuits);
  const labels = 'level="target",provider="p",region="r",credential="main",model="m"';
  assert.deepEqual(linesOf(metrics).toSorted(), [
    `sekisho_circuit_state{${labels},aliases="fast,chat"} 2`,
    `sekisho_circuit_state{${labels},aliases="strict"} 0`,
  ]);
});

test("SEC-10 more circuits than labels may take end in other, the worst of them shown", () => {
  const metrics = new Metrics();
  const models = Array.from({ length: 1_500 }, (_, n) =>
    circuit({ model: `m${n}`, state: n === 700 ? "open" : "closed" }),
  );
  exposeCircuitStates(metrics, () => models);
  const lines = linesOf(metrics);
  assert.ok(lines.length <= 201, `${lines.length}`);
  assert.match(lines.find((line) => line.includes('model="other"')) ?? "", / 2$/);
});
