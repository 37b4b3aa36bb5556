import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../random/seeded-random.ts";
import type { Random } from "../random/random.ts";
import type { Pass } from "./breaker.ts";
import { WindowedBreaker, type WindowedBreakerLimits } from "./windowed-breaker.ts";

const limits: WindowedBreakerLimits = {
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

const fixedRandom = (float: number): Random => ({
  float: () => float,
  uint32: () => 0,
  bytes: (length) => Buffer.alloc(length),
});

const make = (changed: Partial<WindowedBreakerLimits> = {}, float = 0.5): WindowedBreaker =>
  new WindowedBreaker({ ...limits, ...changed }, fixedRandom(float));

const pass = (breaker: WindowedBreaker, nowMs: number): Pass => {
  const admitted = breaker.admit(nowMs);
  assert.ok(admitted !== null, `refused at ${nowMs}`);
  return admitted;
};
const succeed = (breaker: WindowedBreaker, nowMs: number): void =>
  breaker.success(pass(breaker, nowMs), nowMs);
const fail = (breaker: WindowedBreaker, nowMs: number): void =>
  breaker.failure(pass(breaker, nowMs), nowMs);

const openAt = (breaker: WindowedBreaker, nowMs: number): WindowedBreaker => {
  for (let n = 0; n < limits.failures; n++) fail(breaker, nowMs);
  assert.equal(breaker.status(nowMs).kind, "open");
  return breaker;
};

/** Fails the probe of each opening; how long each lasted. */
const openings = (breaker: WindowedBreaker, count: number): number[] => {
  const lastedMs: number[] = [];
  let nowMs = 0;
  for (let n = 0; n < count; n++) {
    if (n === 0) openAt(breaker, 0);
    else fail(breaker, nowMs);
    const status = breaker.status(nowMs);
    assert.ok(status.kind === "open");
    lastedMs.push(status.untilMs - nowMs);
    nowMs = status.untilMs;
  }
  return lastedMs;
};

test("RTE-13 opens at 5 failures that are half of the last 3 s, among 60 s of successes", () => {
  const breaker = make();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 100) succeed(breaker, nowMs);
  for (let n = 0; n < 4; n++) fail(breaker, 64_000);
  for (let n = 0; n < 5; n++) succeed(breaker, 65_000);
  assert.equal(breaker.status(65_000).kind, "closed");
  fail(breaker, 66_000);
  assert.deepEqual(breaker.status(66_000), { kind: "open", untilMs: 96_000 });
});

test("RTE-13 a steady load that begins to fail opens it within 1.5 to 1.75 s", () => {
  for (let fromMs = 60_000; fromMs < 61_000; fromMs += 50) {
    const breaker = make();
    for (let nowMs = fromMs - 60_000; nowMs < fromMs; nowMs += 10) succeed(breaker, nowMs);
    let nowMs = fromMs;
    for (; breaker.status(nowMs).kind === "closed"; nowMs += 10) fail(breaker, nowMs);
    const tookMs = nowMs - fromMs;
    assert.ok(tookMs >= 1_500 && tookMs <= 1_770, `${tookMs} ms from ${fromMs} ms on`);
  }
});

test("RTE-13 opens at 5 failures that are half of the last 60 s, seconds apart", () => {
  const breaker = make();
  for (const nowMs of [0, 14_000, 28_000, 42_000]) {
    fail(breaker, nowMs);
    succeed(breaker, nowMs);
  }
  assert.equal(breaker.status(42_000).kind, "closed");
  fail(breaker, 55_000);
  assert.equal(breaker.status(55_000).kind, "open");
});

test("RTE-13 4 of 4 failures and 5 of 11 leave it closed", () => {
  const few = make();
  for (let n = 0; n < 4; n++) fail(few, 0);
  assert.equal(few.status(0).kind, "closed");
  const many = make();
  for (let n = 0; n < 6; n++) succeed(many, 0);
  for (let n = 0; n < 5; n++) fail(many, 0);
  assert.equal(many.status(0).kind, "open", "5 of 11 in a row, and the target is quiet");
  const busy = make({ quietCallsPerSecond: 0 });
  for (let n = 0; n < 6; n++) succeed(busy, 0);
  for (let n = 0; n < 5; n++) fail(busy, 0);
  assert.equal(busy.status(0).kind, "closed");
});

test("RTE-13 a target with less than 2 calls/s opens at 5 failures in a row within 60 s", () => {
  const quiet = (rowMs: readonly number[]): WindowedBreaker => {
    const breaker = make();
    for (let nowMs = 0; nowMs < 40_000; nowMs += 1_000) succeed(breaker, nowMs);
    for (const nowMs of rowMs) fail(breaker, nowMs);
    return breaker;
  };
  const row = [40_000, 46_000, 52_000, 58_000];
  assert.equal(quiet(row).status(58_000).kind, "closed");
  assert.equal(quiet([...row, 62_000]).status(62_000).kind, "open");
  const broken = quiet(row);
  succeed(broken, 59_000);
  fail(broken, 62_000);
  assert.equal(broken.status(62_000).kind, "closed");
  broken.abandon(pass(broken, 62_500), 62_500);
  for (const nowMs of [63_000, 66_000, 69_000]) fail(broken, nowMs);
  assert.equal(broken.status(69_000).kind, "closed");
  fail(broken, 72_000);
  assert.equal(broken.status(72_000).kind, "open", "an abandoned call breaks no row");
});

test("RTE-13 5 failures in a row over 60 s and more leave a target closed", () => {
  const breaker = make({ failureShare: 1.1 });
  for (const nowMs of [0, 40_000, 45_000, 50_000, 60_000]) fail(breaker, nowMs);
  assert.equal(breaker.status(60_000).kind, "closed");
  fail(breaker, 61_000);
  assert.equal(breaker.status(61_000).kind, "open");
});

test("RTE-13 a target with 2 calls/s is not quiet: 5 in a row are not enough", () => {
  const breaker = make();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 500) succeed(breaker, nowMs);
  for (let n = 0; n < 5; n++) fail(breaker, 59_999);
  assert.equal(breaker.status(59_999).kind, "closed");
});

for (const share of [0.001, 0.1]) {
  test(`RTE-13 100 calls/s with ${share * 100} % errors leave it closed for an hour`, () => {
    const breaker = make();
    const random = new SeededRandom(13);
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 10) {
      if (random.float() < share) fail(breaker, nowMs);
      else succeed(breaker, nowMs);
    }
    assert.deepEqual(breaker.status(3_600_000), { kind: "closed", sinceMs: null });
  });
}

test("RTE-13 an outage at 100 calls/s opens it within 2 s", () => {
  for (const outageMs of [60_000, 60_010, 60_500, 60_990]) {
    const breaker = make();
    for (let nowMs = 0; nowMs < outageMs; nowMs += 10) succeed(breaker, nowMs);
    let nowMs = outageMs;
    for (; breaker.status(nowMs).kind === "closed"; nowMs += 10) fail(breaker, nowMs);
    assert.ok(nowMs - outageMs <= 2_000, `open after ${nowMs - outageMs} ms`);
  }
});

test("RTE-13 open for exactly 30 s: late verdicts neither extend nor end it", () => {
  const breaker = make();
  const late = [1, 2, 3].map(() => pass(breaker, 0));
  openAt(breaker, 1_000);
  breaker.failure(late[0] ?? 0, 20_000);
  breaker.success(late[1] ?? 0, 20_001);
  breaker.abandon(late[2] ?? 0, 20_002);
  assert.equal(breaker.admit(30_999), null);
  assert.notEqual(breaker.admit(31_000), null);
});

test("RTE-13 half-open hears its probe alone, not calls from before it opened", () => {
  const breaker = make();
  const late = [1, 2, 3].map(() => pass(breaker, 0));
  openAt(breaker, 0);
  const probe = pass(breaker, 30_000);
  breaker.failure(late[0] ?? 0, 30_001);
  breaker.success(late[1] ?? 0, 30_002);
  breaker.abandon(late[2] ?? 0, 30_003);
  assert.deepEqual(breaker.status(30_003), { kind: "half_open", isProbing: true });
  breaker.success(probe, 30_004);
  assert.deepEqual(breaker.status(30_004), { kind: "half_open", isProbing: false });
});

test("RTE-13 half-open lets one probe through; two successes close it", () => {
  const breaker = openAt(make(), 0);
  const first = pass(breaker, 30_000);
  assert.deepEqual([breaker.admit(30_000), breaker.admit(30_000)], [null, null]);
  breaker.success(first, 30_100);
  const second = pass(breaker, 30_100);
  assert.equal(breaker.admit(30_100), null);
  breaker.success(second, 30_200);
  assert.deepEqual(breaker.status(30_200), { kind: "closed", sinceMs: 30_200 });
  pass(breaker, 30_200);
  pass(breaker, 30_200);
});

test("RTE-13 closing forgets the failures: 4 more, or one of an old probe, do not open it", () => {
  const breaker = openAt(make(), 0);
  const late = pass(breaker, 30_000);
  breaker.abandon(late, 30_000);
  for (let n = 0; n < 2; n++) succeed(breaker, 30_000);
  assert.equal(breaker.recentFailures(30_000), 0);
  for (let n = 0; n < 4; n++) fail(breaker, 30_001);
  breaker.failure(late, 30_002);
  assert.equal(breaker.status(30_002).kind, "closed");
  fail(breaker, 30_003);
  assert.equal(breaker.status(30_003).kind, "open");
});

test("RTE-13 a probe without a verdict makes room in time, and is heard when it ends", () => {
  const hangs = () => {
    const breaker = openAt(make(), 0);
    const hung = pass(breaker, 30_000);
    assert.equal(breaker.admit(39_999), null);
    assert.deepEqual(breaker.status(40_000), { kind: "half_open", isProbing: false });
    const next = pass(breaker, 40_000);
    return { breaker, hung, next };
  };
  const late = hangs();
  late.breaker.success(late.hung, 40_001);
  assert.deepEqual(late.breaker.status(40_001), { kind: "half_open", isProbing: true });
  late.breaker.success(late.next, 40_002);
  assert.equal(late.breaker.status(40_002).kind, "closed");
  const failing = hangs();
  failing.breaker.abandon(failing.next, 40_001);
  failing.breaker.failure(failing.hung, 40_002);
  assert.equal(failing.breaker.status(40_002).kind, "open");
  failing.breaker.success(failing.next, 40_003);
  assert.equal(failing.breaker.status(40_003).kind, "open", "its phase is over");
  const left = hangs();
  left.breaker.abandon(left.hung, 40_001);
  assert.deepEqual(left.breaker.status(40_001), { kind: "half_open", isProbing: true });
});

test("RTE-13 an abandoned probe makes room for the next at once", () => {
  const breaker = openAt(make(), 0);
  breaker.abandon(pass(breaker, 30_000), 30_500);
  pass(breaker, 30_500);
});

test("RTE-13 the first opening lasts 30 s, each reopening twice as long, up to 600 s", () => {
  const expected = [30_000, 60_000, 120_000, 240_000, 480_000, 540_000, 540_000];
  assert.deepEqual(openings(make(), 7), expected);
});

test("RTE-13 the jitter is ±20 % of grown openings, and 600 s is never passed", () => {
  assert.deepEqual(openings(make({}, 0), 6), [30_000, 48_000, 96_000, 192_000, 384_000, 480_000]);
  const most = openings(make({}, 0.999_999_9), 7);
  assert.deepEqual(most, [30_000, 72_000, 144_000, 288_000, 576_000, 600_000, 600_000]);
});

test("RTE-13 openGrowth 1, or a maximum below openMs, keeps it constant", () => {
  for (const changed of [{ openGrowth: 1 }, { openMaxMs: 1_000 }, { openMaxMs: 30_000 }]) {
    assert.deepEqual(openings(make(changed, 0.9), 4), [30_000, 30_000, 30_000, 30_000]);
  }
});

test("RTE-13 closing forgets the growth", () => {
  const breaker = openAt(make(), 0);
  fail(breaker, 30_000);
  for (let n = 0; n < 2; n++) succeed(breaker, 90_000);
  openAt(breaker, 90_001);
  assert.deepEqual(breaker.status(90_001), { kind: "open", untilMs: 120_001 });
});

test("RTE-13 after idle hours the first call is a probe", () => {
  const breaker = openAt(make(), 0);
  const laterMs = 9 * 3_600_000;
  assert.deepEqual(breaker.status(laterMs), { kind: "half_open", isProbing: false });
  pass(breaker, laterMs);
  assert.equal(breaker.admit(laterMs), null);
});

test("RTE-13 a good probe half-opens an open circuit at once; the second closes it", () => {
  const breaker = openAt(make(), 0);
  breaker.probed(true, 5_000);
  assert.deepEqual(breaker.status(5_000), { kind: "half_open", isProbing: false });
  const call = pass(breaker, 6_000);
  breaker.probed(true, 10_000);
  assert.deepEqual(breaker.status(10_000), { kind: "closed", sinceMs: 10_000 });
  for (let n = 0; n < 4; n++) fail(breaker, 10_000);
  breaker.failure(call, 10_001);
  assert.equal(breaker.status(10_001).kind, "closed");
});

test("RTE-13 a good probe and a successful call close it together", () => {
  const breaker = openAt(make(), 0);
  breaker.probed(true, 5_000);
  succeed(breaker, 5_001);
  assert.equal(breaker.status(5_001).kind, "closed");
});

test("RTE-13 bad probes open a closed circuit, and do not extend an opening", () => {
  const breaker = make();
  for (let n = 1; n <= 5; n++) breaker.probed(false, n * 5_000);
  assert.deepEqual(breaker.status(25_000), { kind: "open", untilMs: 55_000 });
  breaker.probed(false, 30_000);
  assert.deepEqual(breaker.status(30_000), { kind: "open", untilMs: 55_000 });
  assert.equal(breaker.recentFailures(30_000), 6);
  breaker.probed(false, 55_000);
  assert.deepEqual(breaker.status(55_000), { kind: "open", untilMs: 115_000 });
});

test("RTE-13 good probes between calls that fail do not keep a circuit closed", () => {
  const breaker = make();
  for (let n = 0; n < 5; n++) {
    breaker.probed(true, n * 10_000);
    fail(breaker, n * 10_000 + 5_000);
  }
  assert.equal(breaker.status(45_000).kind, "open");
});

test("RTE-13 forced open refuses until it is lifted, whatever its passes and probes say", () => {
  const breaker = make();
  const late = pass(breaker, 0);
  breaker.force("open", 1_000);
  assert.deepEqual(breaker.status(1_000), { kind: "open", untilMs: Infinity });
  assert.equal(breaker.forced, "open");
  breaker.success(late, 2_000);
  breaker.probed(true, 2_000);
  breaker.probed(false, 2_000);
  assert.equal(breaker.admit(1e12), null);
  assert.equal(breaker.recentFailures(2_000), 0);
  breaker.force(null, 1e12);
  assert.deepEqual(
    [breaker.forced, breaker.status(1e12)],
    [null, { kind: "closed", sinceMs: 1e12 }],
  );
  pass(breaker, 1e12);
});

test("RTE-13 forced closed admits whatever fails, and counts it", () => {
  const breaker = openAt(make(), 0);
  breaker.force("closed", 1_000);
  assert.equal(breaker.forced, "closed");
  for (let n = 0; n < 100; n++) fail(breaker, 2_000);
  assert.deepEqual(breaker.status(2_000), { kind: "closed", sinceMs: 1_000 });
  assert.equal(breaker.recentFailures(2_000), 100);
  breaker.force(null, 3_000);
  assert.deepEqual([breaker.forced, breaker.recentFailures(3_000)], [null, 0]);
  for (let n = 0; n < 4; n++) fail(breaker, 3_000);
  assert.equal(breaker.status(3_000).kind, "closed");
});

test("RTE-13 lifting what is not forced, and forcing twice, change nothing", () => {
  const breaker = openAt(make(), 0);
  breaker.force(null, 1_000);
  assert.deepEqual(breaker.status(1_000), { kind: "open", untilMs: 30_000 });
  breaker.force("closed", 2_000);
  for (let n = 0; n < 3; n++) fail(breaker, 2_000);
  breaker.force("closed", 3_000);
  assert.equal(breaker.recentFailures(3_000), 3);
});

test("RTE-13 reset closes, forgets growth and passes, and lifts what was forced", () => {
  const breaker = openAt(make(), 0);
  fail(breaker, 30_000);
  breaker.reset(31_000);
  assert.deepEqual(breaker.status(31_000), { kind: "closed", sinceMs: 31_000 });
  const late = pass(breaker, 31_000);
  for (let n = 0; n < 4; n++) fail(breaker, 31_000);
  breaker.reset(32_000);
  breaker.failure(late, 32_000);
  assert.deepEqual(breaker.status(32_000), { kind: "closed", sinceMs: 31_000 });
  openAt(breaker, 33_000);
  assert.deepEqual(breaker.status(33_000), { kind: "open", untilMs: 63_000 });
  breaker.force("open", 34_000);
  breaker.reset(35_000);
  assert.deepEqual([breaker.forced, breaker.status(35_000).kind], [null, "closed"]);
});

test("recentFailures are those of the last 60 s, kept while it is open", () => {
  const breaker = openAt(make(), 0);
  assert.equal(breaker.recentFailures(0), 5);
  fail(breaker, 30_000);
  assert.equal(breaker.recentFailures(59_999), 6);
  assert.equal(breaker.recentFailures(61_000), 1);
});
