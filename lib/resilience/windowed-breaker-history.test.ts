import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../random/seeded-random.ts";
import type { Pass } from "./breaker.ts";
import { BreakerHistory, type Verdict } from "./breaker-history-harness.ts";
import { WindowedBreaker, type WindowedBreakerLimits } from "./windowed-breaker.ts";

const usual: WindowedBreakerLimits = {
  failures: 5,
  failureShare: 0.5,
  burstWindowMs: 3_000,
  windowMs: 60_000,
  quietCallsPerSecond: 2,
  openMs: 30_000,
  openMaxMs: 600_000,
  openGrowth: 2,
  probeMs: 10_000,
  successes: 2,
};

const limitSets: readonly WindowedBreakerLimits[] = [
  usual,
  { ...usual, failureShare: 0.8, quietCallsPerSecond: 0.5, openMaxMs: 100_000 },
  { ...usual, failures: 3, successes: 1, openGrowth: 1, burstWindowMs: 1_000 },
  { ...usual, failures: 2, failureShare: 0.2, openMs: 1_000, openGrowth: 3, probeMs: 40_000 },
];

/** Breaker and history, told the same; every answer is compared. */
class Pair {
  nowMs = 0;
  readonly #random: SeededRandom;
  readonly #limits: WindowedBreakerLimits;
  readonly #breaker: WindowedBreaker;
  readonly history: BreakerHistory;
  readonly #out: { readonly pass: Pass; readonly index: number }[] = [];
  #failing = 0.5;
  #gapMs = 100;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#limits = limitSets[seed % limitSets.length] ?? usual;
    this.#breaker = new WindowedBreaker(this.#limits, this.#random.fork("jitter"));
    this.history = new BreakerHistory(this.#limits, (leastMs, mostMs) => {
      const status = this.#breaker.status(this.nowMs);
      assert.ok(status.kind === "open", "not open");
      assert.ok(
        status.untilMs >= leastMs - 1 && status.untilMs <= mostMs,
        "open too long or short",
      );
      return status.untilMs;
    });
  }

  step(): void {
    this.nowMs += this.#pauseMs();
    const draw = this.#random.float();
    if (draw < 0.7) this.#call();
    else if (draw < 0.87) this.#late();
    else if (draw < 0.93) this.#probed();
    else if (draw < 0.98) this.#turn();
    else this.#operate();
    assert.deepEqual(this.#breaker.status(this.nowMs), this.history.status(this.nowMs));
    assert.equal(this.#breaker.forced, this.history.forced);
    const failures = this.#breaker.recentFailures(this.nowMs);
    assert.equal(failures, this.history.recentFailures(this.nowMs));
  }

  /** From here on, whatever is out hangs. */
  assertAlive(): void {
    const { openMs, openMaxMs, probeMs } = this.#limits;
    const laterMs = this.nowMs + Math.max(openMs, openMaxMs) + probeMs;
    const { forced } = this.#breaker;
    assert.equal(this.#breaker.admit(laterMs) === null, forced === "open");
    this.#breaker.force(null, laterMs);
    if (forced !== null) assert.notEqual(this.#breaker.admit(laterMs), null);
  }

  #pauseMs(): number {
    if (this.#random.float() > 0.04) return Math.floor(this.#random.float() * this.#gapMs);
    const status = this.#breaker.status(this.nowMs);
    const isTimed = status.kind === "open" && status.untilMs < Infinity;
    const leftMs = isTimed ? status.untilMs - this.nowMs : 60_000;
    const { probeMs } = this.#limits;
    return this.#pick([leftMs, leftMs, leftMs, leftMs - 1, probeMs, probeMs - 1, 7_200_000]);
  }

  #call(): void {
    const pass = this.#breaker.admit(this.nowMs);
    const index = this.history.admit(this.nowMs);
    assert.equal(pass === null, index === null, "admit");
    if (pass === null || index === null) return;
    if (this.#random.float() > 0.15) this.#verdict(pass, index);
    else if (this.#out.length < 20) this.#out.push({ pass, index });
  }

  #late(): void {
    const [out] = this.#out.splice(Math.floor(this.#random.float() * this.#out.length), 1);
    if (out !== undefined) this.#verdict(out.pass, out.index);
  }

  #verdict(pass: Pass, index: number): void {
    const draw = this.#random.float();
    const isBad = draw < this.#failing;
    const what: Verdict = draw > 0.97 ? "abandon" : isBad ? "failure" : "success";
    this.#breaker[what](pass, this.nowMs);
    this.history.verdict(what, index, this.nowMs);
  }

  #probed(): void {
    const isWell = this.#random.float() > this.#failing;
    this.#breaker.probed(isWell, this.nowMs);
    this.history.probed(isWell, this.nowMs);
  }

  /** The other side breaks or heals, the traffic swells or dries up. */
  #turn(): void {
    this.#failing = this.#pick([0, 0.1, 0.5, 0.7, 0.96]);
    this.#gapMs = this.#pick([2, 100, 900, 2_500, 20_000]);
  }

  #operate(): void {
    const to = this.#pick(["open", "closed", null, null, "reset"] as const);
    if (to === "reset") this.#breaker.reset(this.nowMs);
    else this.#breaker.force(to, this.nowMs);
    if (to === "reset") this.history.reset(this.nowMs);
    else this.history.force(to, this.nowMs);
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[this.#random.uint32() % choices.length];
    assert.ok(choice !== undefined);
    return choice;
  }
}

/** Else the agreement would say little. */
const mustHappen: readonly string[] = [
  ...["burst", "long", "row"].map((rule) => `opened by ${rule} alone`),
  ...[1, 2, 3, 4, 5, 6].map((times) => `reopened ${times} times`),
  ...["success", "failure", "abandon"].map((verdict) => `late ${verdict}`),
  ...["closed", "open", "half_open"].map((kind) => `ill while ${kind}`),
  ...["open", "half_open"].map((kind) => `well while ${kind}`),
  ...["open", "closed", "null"].map((to) => `forced ${to}`),
];

const seeds = 8_000;
const stepsEach = 130;

const run = (seed: number): BreakerHistory => {
  const pair = new Pair(seed);
  for (let n = 0; n < stepsEach; n++) {
    try {
      pair.step();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${n}, at ${pair.nowMs} ms`, { cause: error });
    }
  }
  pair.assertAlive();
  return pair.history;
};

test("RTE-13 agrees over a million steps with the rules searched in the whole history", () => {
  const reached = new Map<string, number>();
  for (let seed = 0; seed < seeds; seed++) {
    for (const [what, count] of run(seed).reached) {
      reached.set(what, (reached.get(what) ?? 0) + count);
    }
  }
  const seldom = mustHappen.filter((what) => (reached.get(what) ?? 0) < 100);
  assert.deepEqual(seldom, [], "reached less than 100 times");
});
