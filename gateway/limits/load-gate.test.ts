import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { LoadSample } from "@sekisho/lib/resilience/load-shedder.ts";
import { criticalities, type Criticality } from "@sekisho/wire/criticality.ts";
import type { Principal } from "../principal.ts";
import { LoadGate, type LoadObserver } from "./load-gate.ts";

const limits = { lagMs: 50, heapShare: 0.85, queueAgeMs: 1_000 };
const calm: LoadSample = { lagMs: 0, heapShare: 0.1, queueAgeMs: 0 };

const principalOf = (criticality: Criticality): Principal => ({
  keyId: "key_1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality,
  requestBudget: null,
  streamGraceMs: null,
});

class Observer implements LoadObserver {
  readonly lines: string[] = [];
  samples = 0;

  sampled(): void {
    this.samples += 1;
  }

  changed({ level }: { readonly level: number }, before: number): void {
    this.lines.push(`${before} -> ${level}`);
  }

  refused(criticality: Criticality): void {
    this.lines.push(`refused ${criticality}`);
  }
}

/** A gate whose load has lasted until it reached the level. */
const gateAt = (level: number): { gate: LoadGate; observer: Observer } => {
  const observer = new Observer();
  const gate = new LoadGate(limits, observer);
  const lagMs = [0, 51, 101, 1_001, 4_001][level] ?? 0;
  for (let ms = 0; ms <= 12_000; ms += 250) gate.sampled({ ...calm, lagMs }, ms);
  assert.equal(gate.state.level, level);
  observer.lines.length = 0;
  return { gate, observer };
};

const refusalOf = (run: () => void): Failure | null => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

test("RTE-17 each level refuses one class more, critical+ last", () => {
  const refusedAt = [0, 1, 2, 3, 4].map((level) => {
    const { gate } = gateAt(level);
    const key = principalOf("critical+");
    const refused = criticalities.filter((each) => refusalOf(() => gate.check(key, each)) !== null);
    assert.deepEqual(gate.state.refused, refused);
    return refused;
  });
  assert.deepEqual(refusedAt, [
    [],
    ["sheddable"],
    ["sheddable+", "sheddable"],
    ["critical", "sheddable+", "sheddable"],
    ["critical+", "critical", "sheddable+", "sheddable"],
  ]);
});

test("RTE-17 the key caps what a call says of itself; one that says nothing is critical", () => {
  const rows: readonly (readonly [cap: Criticality, claimed: Criticality | null, at: number])[] = [
    ["critical+", "critical+", 4],
    ["critical+", "sheddable", 1],
    ["critical+", null, 3],
    ["critical", "critical+", 3],
    ["critical", null, 3],
    ["sheddable+", "critical+", 2],
    ["sheddable+", null, 2],
    ["sheddable", null, 1],
    ["sheddable", "critical", 1],
  ];
  for (const [cap, claimed, at] of rows) {
    const isRefused = (level: number): boolean =>
      refusalOf(() => gateAt(level).gate.check(principalOf(cap), claimed)) !== null;
    const what = `${claimed} under ${cap}`;
    assert.deepEqual([isRefused(at - 1), isRefused(at)], [false, true], what);
  }
});

test("RTE-17 a refusal is overloaded, names the class and when to come again", () => {
  const { gate, observer } = gateAt(2);
  const failure = refusalOf(() => gate.check(principalOf("critical"), "sheddable"));
  assert.equal(failure?.code, "overloaded");
  assert.equal(
    failure.message,
    "Cannot take the call: it is sheddable, and under the load of this moment critical is the " +
      "least that is taken",
  );
  // Two levels to fall.
  assert.equal(failure.details.retryAfterMs, 5_000);
  const next = refusalOf(() => gate.check(principalOf("critical"), "sheddable+"));
  assert.equal(next?.details.retryAfterMs, 2_500);
  assert.deepEqual(observer.lines, ["refused sheddable", "refused sheddable+"]);
});

test("RTE-17 each change of the level is told once, each sample too", () => {
  const observer = new Observer();
  const gate = new LoadGate(limits, observer);
  for (let ms = 0; ms < 10_000; ms += 250) gate.sampled({ ...calm, lagMs: 60 }, ms);
  for (let ms = 10_000; ms < 20_000; ms += 250) gate.sampled(calm, ms);
  assert.deepEqual(observer.lines, ["0 -> 1", "1 -> 0"]);
  assert.equal(observer.samples, 80);
});

test("RTE-17 limits of a new configuration hold from the next sample on", () => {
  const gate = new LoadGate(limits, new Observer());
  gate.configure({ lagMs: null, heapShare: 0.05, queueAgeMs: null });
  gate.sampled(calm, 0);
  assert.equal(gate.state.level, 1);
});
