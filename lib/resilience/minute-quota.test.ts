import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MinuteQuota } from "./minute-quota.ts";

test("RTE-16 what was taken counts for a minute, and less than a second longer", () => {
  const quota = new MinuteQuota(100);
  quota.take(60, 500);
  assert.ok(quota.hasRoom(40, 60_999));
  assert.ok(!quota.hasRoom(41, 60_999));
  assert.ok(quota.hasRoom(100, 61_000));
});

test("RTE-16 less than was taken is given back while it counts, more counts from now on", () => {
  const quota = new MinuteQuota(100);
  quota.take(80, 0);
  quota.correct(-30, 0, 10_000);
  assert.equal(quota.used(10_000), 50);
  quota.correct(20, 0, 20_000);
  assert.deepEqual([quota.used(60_999), quota.used(61_000), quota.used(81_000)], [70, 20, 0]);
  quota.take(10, 100_000);
  quota.correct(-10, 0, 100_000);
  assert.equal(quota.used(100_000), 10, "what no longer counts cannot be given back");
});

test("RTE-16 a refusal halves the limit, its echoes do not; a minute brings it back", () => {
  const quota = new MinuteQuota(160);
  quota.refused(1_000);
  quota.refused(1_001);
  assert.equal(quota.limit(1_001), 80 + 160 / 120_000);
  assert.equal(quota.limit(31_000), 120);
  assert.equal(quota.limit(61_000), 160);
  assert.equal(quota.limit(1_000_000), 160);
});

test("RTE-16 refusals without an end leave a sixteenth", () => {
  const quota = new MinuteQuota(160);
  for (let ms = 0; ms < 100_000; ms += 5_000) quota.refused(ms);
  const limit = quota.limit(95_000);
  assert.ok(limit >= 10 && limit < 20, `${limit}`);
});

test("RTE-16 who asks first never takes more in any minute than the limit (property)", () => {
  const step = fc.record({ afterMs: fc.nat(9_000), amount: fc.nat(70), spent: fc.nat(70) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const quota = new MinuteQuota(100);
      const taken: { atMs: number; amount: number }[] = [];
      let nowMs = 0;
      for (const { afterMs, amount, spent } of steps) {
        nowMs += afterMs;
        if (!quota.hasRoom(amount, nowMs)) continue;
        const unspent = Math.max(0, amount - spent);
        quota.take(amount, nowMs);
        quota.correct(-unspent, nowMs, nowMs);
        taken.push({ atMs: nowMs, amount: amount - unspent });
        const from = nowMs - 60_000;
        const sum = taken.reduce((all, each) => all + (each.atMs >= from ? each.amount : 0), 0);
        assert.ok(sum <= 100, `${sum} of 100`);
      }
    }),
  );
});

test("RTE-16 an idle day costs as much as an idle minute, and time may step back", () => {
  const quota = new MinuteQuota(100);
  quota.take(100, 86_400_000);
  assert.ok(!quota.hasRoom(1, 86_400_000));
  quota.take(1, 5_000);
  assert.equal(quota.used(86_400_000), 101);
  assert.equal(quota.used(2 * 86_400_000), 0);
});
