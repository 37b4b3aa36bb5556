import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { calmMs, LoadShedder, type LoadLimits, type LoadSample } from "./load-shedder.ts";

const limits: LoadLimits = { lagMs: 50, heapShare: 0.85, queueAgeMs: 1_000 };
const calm: LoadSample = { lagMs: 0, heapShare: 0.1, queueAgeMs: 0 };
const everyMs = 250;

/** The levels that samples lead to, one each 250 ms. */
function levelsOf(samples: readonly Partial<LoadSample>[], by: LoadLimits = limits): number[] {
  const shedder = new LoadShedder(by);
  return samples.map((sample, at) => shedder.sample({ ...calm, ...sample }, at * everyMs));
}

const repeated = (sample: Partial<LoadSample>, ms: number): Partial<LoadSample>[] =>
  Array.from({ length: ms / everyMs }, () => sample);

/** The level that a lasting value ends at. */
const lasting = (sample: Partial<LoadSample>, by: LoadLimits = limits): number =>
  levelsOf(repeated(sample, 20_000), by).at(-1) ?? 0;

test("RTE-17 a lasting value has the level whose rung it passes", () => {
  const rows: readonly (readonly [Partial<LoadSample>, number])[] = [
    [{}, 0],
    [{ lagMs: 50 }, 0],
    [{ lagMs: 51 }, 1],
    [{ lagMs: 101 }, 2],
    [{ lagMs: 1_000 }, 2],
    [{ lagMs: 1_001 }, 3],
    [{ lagMs: 4_001 }, 4],
    [{ lagMs: 86_400_000 }, 4],
    [{ heapShare: 0.85 }, 0],
    [{ heapShare: 0.86 }, 1],
    [{ heapShare: 0.91 }, 2],
    [{ heapShare: 0.96 }, 3],
    [{ heapShare: 0.99 }, 4],
    [{ queueAgeMs: 1_001 }, 1],
    [{ queueAgeMs: 2_001 }, 2],
    [{ queueAgeMs: 20_001 }, 3],
    [{ queueAgeMs: 80_001 }, 4],
    [{ lagMs: 51, heapShare: 0.96, queueAgeMs: 2_001 }, 3],
  ];
  for (const [sample, level] of rows) assert.equal(lasting(sample), level, JSON.stringify(sample));
});

test("RTE-17 a limit of null never refuses", () => {
  const off: LoadLimits = { lagMs: null, heapShare: null, queueAgeMs: null };
  const worst = { lagMs: 1e9, heapShare: 1, queueAgeMs: 1e9 };
  assert.equal(lasting(worst, off), 0);
  assert.equal(lasting(worst, { ...off, heapShare: 0.85 }), 4);
});

test("RTE-17 the first step is taken at once, each further one 2.5 s after the last", () => {
  const levels = levelsOf(repeated({ lagMs: 10_000 }, 8_000));
  const steps = [1, 2, 3, 4].map((level) => levels.indexOf(level) * everyMs);
  assert.deepEqual(steps, [0, 2_500, 5_000, 7_500]);
});

test("RTE-17 a lone pause costs one step, however long it was", () => {
  // The lag remembers 2 s.
  const levels = levelsOf([...repeated({ lagMs: 30_000 }, 2_000), ...repeated({}, 10_000)]);
  assert.equal(Math.max(...levels), 1);
  assert.equal(levels.at(-1), 0);
});

test("RTE-17 a value about its limit does not come and go", () => {
  const around = Array.from({ length: 400 }, (_, at) => ({ lagMs: at % 2 === 0 ? 51 : 45 }));
  const levels = levelsOf(around);
  assert.deepEqual(new Set(levels), new Set([1]));
});

test("RTE-17 levels are left one by one, each after 2.5 s of calm", () => {
  const levels = levelsOf([...repeated({ lagMs: 5_000 }, 10_000), ...repeated({}, 12_000)]);
  const fallen = levels.slice(40);
  const steps = [3, 2, 1, 0].map((level) => fallen.indexOf(level) * everyMs);
  assert.deepEqual(steps, [2_500, 5_000, 7_500, 10_000]);
});

test("RTE-17 new limits hold from the next sample on", () => {
  const shedder = new LoadShedder(limits);
  assert.equal(shedder.sample({ ...calm, lagMs: 60 }, 0), 1);
  shedder.configure({ ...limits, lagMs: 100 });
  for (let ms = 250; ms <= 2_500; ms += 250) shedder.sample({ ...calm, lagMs: 60 }, ms);
  assert.equal(shedder.sample({ ...calm, lagMs: 60 }, 3_000), 0);
});

const anySample = fc.record({
  lagMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 8_000, noNaN: true })),
  heapShare: fc.double({ min: 0, max: 1, noNaN: true }),
  queueAgeMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 200_000, noNaN: true })),
});

const anyCourse = fc.array(
  fc.record({ sample: anySample, restMs: fc.integer({ min: 1, max: 5_000 }) }),
  { minLength: 1, maxLength: 60 },
);

test("RTE-17 no course of load makes it leap, flap, or refuse without a reason", () => {
  fc.assert(
    fc.property(anyCourse, (course) => {
      const shedder = new LoadShedder(limits);
      let nowMs = 0;
      let before = 0;
      let fellMs = -Infinity;
      let roseMs = -Infinity;
      for (const { sample, restMs } of course) {
        nowMs += restMs;
        const level = shedder.sample(sample, nowMs);
        assert.ok(level >= 0 && level <= 4);
        assert.ok(Math.abs(level - before) <= 1, "one step at a time");
        const isLow = sample.lagMs <= 50 && sample.heapShare <= 0.85 && sample.queueAgeMs <= 1_000;
        if (level > before) {
          assert.ok(!isLow, "up only where a value passes its limit");
          assert.ok(nowMs - roseMs >= 2_500, "not up at once again");
          roseMs = nowMs;
        }
        if (level < before) {
          assert.ok(nowMs - Math.max(roseMs, fellMs) >= calmMs, "not down at once");
          fellMs = nowMs;
        }
        before = level;
      }
      for (let step = 0; step < 60; step += 1) shedder.sample(calm, (nowMs += 250));
      assert.equal(shedder.level, 0, "calm ends it");
    }),
    { numRuns: 2_000 },
  );
});
