import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { CircuitChanges } from "./circuit-changes.ts";
import { readableLog } from "./log-fixture.ts";

const opened = {
  level: "target",
  id: "p/main/m",
  provider: "p",
  region: "r",
  credential: "main",
  model: "m",
  from: "closed",
  to: "open",
  isForced: false,
  cause: "upstream_timeout",
  recentFailures: 5,
  retryInMs: 30_000,
} as const;

test("RTE-13 the line of a circuit that opens says why, after how much and until when", () => {
  const { log, lines } = readableLog("info");
  const changes = new CircuitChanges(new VirtualClock(), log, new Metrics());
  changes.record(opened);
  changes.record({ ...opened, from: "open", to: "closed", cause: null, retryInMs: null });
  const [first, second] = lines();
  assert.partialDeepStrictEqual(first, {
    level: "warn",
    event: "circuit.changed",
    object: "p/main/m",
    credential: "main",
    model: "m",
    cause: "upstream_timeout",
    recentFailures: 5,
    retryInMs: 30_000,
  });
  assert.ok(second instanceof Object && !("cause" in second) && !("retryInMs" in second));
});
