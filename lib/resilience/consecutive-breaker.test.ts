import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { BreakerStatus } from "./breaker.ts";
import { ConsecutiveBreaker } from "./consecutive-breaker.ts";

const limits = { failures: 5, windowMs: 60_000, openMs: 30_000, probeMs: 10_000, successes: 2 };

const openedAt = (nowMs: number): ConsecutiveBreaker => {
  const breaker = new ConsecutiveBreaker(limits);
  for (let n = 0; n < limits.failures; n++) breaker.failure(nowMs);
  return breaker;
};

test("RTE-13 opens at the fifth failure in a row within 60 s", () => {
  const breaker = new ConsecutiveBreaker(limits);
  for (const nowMs of [0, 10_000, 20_000, 30_000]) breaker.failure(nowMs);
  assert.deepEqual(breaker.status(59_999), { kind: "closed" });
  breaker.failure(59_999);
  assert.deepEqual(breaker.status(59_999), { kind: "open", untilMs: 89_999 });
});

test("RTE-13 five failures over 60 s and more leave it closed, then the window slides", () => {
  const breaker = new ConsecutiveBreaker(limits);
  for (const nowMs of [0, 40_000, 45_000, 50_000, 60_000]) breaker.failure(nowMs);
  assert.deepEqual(breaker.status(60_000), { kind: "closed" });
  breaker.failure(61_000);
  assert.equal(breaker.status(61_000).kind, "open");
});

test("RTE-13 one success starts the count anew, an abandoned call does not", () => {
  const breaker = new ConsecutiveBreaker(limits);
  for (let n = 0; n < 4; n++) breaker.failure(n);
  breaker.success(5);
  for (let n = 0; n < 4; n++) breaker.failure(6 + n);
  assert.equal(breaker.status(10).kind, "closed");
  breaker.abandon(11);
  breaker.failure(12);
  assert.equal(breaker.status(12).kind, "open");
});

test("RTE-13 open for exactly 30 s: late verdicts neither extend nor end it", () => {
  const breaker = openedAt(1_000);
  breaker.failure(20_000);
  breaker.success(20_001);
  breaker.abandon(20_002);
  assert.equal(breaker.admit(30_999), false);
  assert.equal(breaker.admit(31_000), true);
});

test("RTE-13 half open lets one probe through; two successes close it", () => {
  const breaker = openedAt(0);
  assert.deepEqual(
    [1, 2, 3].map(() => breaker.admit(30_000)),
    [true, false, false],
  );
  breaker.success(30_100);
  assert.deepEqual(breaker.status(30_100), { kind: "half_open", isProbing: false });
  assert.deepEqual(
    [1, 2].map(() => breaker.admit(30_100)),
    [true, false],
  );
  breaker.success(30_200);
  assert.deepEqual(breaker.status(30_200), { kind: "closed" });
  assert.deepEqual(
    [1, 2].map(() => breaker.admit(30_200)),
    [true, true],
  );
});

test("RTE-13 a failed probe opens it again for the full time", () => {
  const breaker = openedAt(0);
  breaker.admit(30_000);
  breaker.success(30_001);
  breaker.admit(30_002);
  breaker.failure(35_000);
  assert.deepEqual(breaker.status(35_000), { kind: "open", untilMs: 65_000 });
});

test("RTE-13 a probe without a verdict is given up after its deadline", () => {
  const breaker = openedAt(0);
  breaker.admit(30_000);
  assert.equal(breaker.admit(39_999), false);
  assert.equal(breaker.admit(40_000), true);
  assert.equal(breaker.admit(40_000), false);
});

test("RTE-13 an abandoned probe makes room for the next at once", () => {
  const breaker = openedAt(0);
  breaker.admit(30_000);
  breaker.abandon(30_500);
  assert.equal(breaker.admit(30_500), true);
});

test("RTE-13 after idle hours the first call is a probe", () => {
  const breaker = openedAt(0);
  const laterMs = 9 * 3_600_000;
  assert.deepEqual(breaker.status(laterMs), { kind: "half_open", isProbing: false });
  assert.deepEqual([breaker.admit(laterMs), breaker.admit(laterMs)], [true, false]);
});

type Verdict = "success" | "failure" | "abandon";
interface Step {
  readonly afterMs: number;
  readonly act: Verdict | "admit";
}

const steps = fc.array(
  fc.record({
    afterMs: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 1, 900, 5_000) },
      { weight: 2, arbitrary: fc.constantFrom(9_999, 10_000, 29_999, 30_000, 60_000) },
      { weight: 1, arbitrary: fc.constant(7_200_000) },
    ),
    act: fc.oneof(
      { weight: 4, arbitrary: fc.constant("admit" as const) },
      { weight: 5, arbitrary: fc.constant("failure" as const) },
      { weight: 2, arbitrary: fc.constant("success" as const) },
      { weight: 1, arbitrary: fc.constant("abandon" as const) },
    ),
  }),
  { maxLength: 120 },
);

interface Event {
  readonly atMs: number;
  readonly what: Verdict | "probe" | "open" | "close";
}

/** The rules again, with no state but the history: each answer is searched in all that happened. */
class History {
  readonly #events: Event[] = [{ atMs: 0, what: "close" }];

  admit(nowMs: number): boolean {
    const status = this.status(nowMs);
    if (status.kind === "closed") return true;
    if (status.kind === "open" || status.isProbing) return false;
    this.#events.push({ atMs: nowMs, what: "probe" });
    return true;
  }

  verdict(what: Verdict, atMs: number): void {
    const phase = this.#phase();
    const wasProbed = phase.some((event) => event.what === "probe");
    if (phase[0]?.what === "open" && !wasProbed) return;
    this.#events.push({ atMs, what });
    if (wasProbed && what === "failure") this.#events.push({ atMs, what: "open" });
    if (wasProbed && this.#phase().filter((event) => event.what === "success").length === 2) {
      this.#events.push({ atMs, what: "close" });
    }
    if (!wasProbed && this.#failedInARow(atMs)) this.#events.push({ atMs, what: "open" });
  }

  status(nowMs: number): BreakerStatus {
    const [start, ...since] = this.#phase();
    if (start?.what !== "open") return { kind: "closed" };
    const untilMs = start.atMs + limits.openMs;
    if (nowMs < untilMs) return { kind: "open", untilMs };
    const last = since.at(-1);
    const isProbing = last?.what === "probe" && nowMs < last.atMs + limits.probeMs;
    return { kind: "half_open", isProbing };
  }

  /** Everything since it opened or closed, that event included. */
  #phase(): readonly Event[] {
    const start = this.#events.findLastIndex(({ what }) => what === "open" || what === "close");
    return this.#events.slice(start);
  }

  #failedInARow(nowMs: number): boolean {
    const relevant = this.#phase().filter(({ what }) => what === "failure" || what === "success");
    const latest = relevant.slice(-limits.failures);
    return (
      latest.length === limits.failures &&
      latest.every(({ atMs, what }) => what === "failure" && nowMs - atMs < limits.windowMs)
    );
  }
}

test("RTE-13 agrees with the rules searched in the whole history", () => {
  const property = fc.property(steps, (script: readonly Step[]) => {
    const breaker = new ConsecutiveBreaker(limits);
    const history = new History();
    let nowMs = 0;
    for (const { afterMs, act } of script) {
      nowMs += afterMs;
      if (act === "admit") {
        assert.equal(breaker.admit(nowMs), history.admit(nowMs));
      } else {
        breaker[act](nowMs);
        history.verdict(act, nowMs);
      }
      assert.deepEqual(breaker.status(nowMs), history.status(nowMs));
    }
  });
  fc.assert(property, { numRuns: 3_000 });
});

test("RTE-13 whatever happened, it lets a call through within open + probe time", () => {
  const property = fc.property(steps, (script: readonly Step[]) => {
    const breaker = new ConsecutiveBreaker(limits);
    let nowMs = 0;
    for (const { afterMs, act } of script) {
      nowMs += afterMs;
      breaker[act](nowMs);
    }
    assert.equal(breaker.admit(nowMs + limits.openMs + limits.probeMs), true);
  });
  fc.assert(property);
});
