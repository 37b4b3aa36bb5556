import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentCalls } from "@sekisho/gateway/observe/recent-calls.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { mergedFrames } from "./merged-frames.ts";

const good = {
  code: null,
  isError: false,
  firstTokenMs: null,
  inputTokens: 3,
  outputTokens: 2,
  costNanoUsd: 10,
};

const setUp = () => {
  const clock = new VirtualClock();
  return { clock, one: new RecentCalls(clock), other: new RecentCalls(clock) };
};

const countOf = (bytes: string | undefined): number =>
  Histogram.fromBytes(Buffer.from(bytes ?? "", "base64")).count;

test("CON-1 figures of processes are added by the second, and by slot and target", () => {
  const { clock, one, other } = setUp();
  one.ended(null, { ...good, totalMs: 100 }, 0);
  other.ended(null, { ...good, totalMs: 300, isError: true, code: "overloaded" }, 0);
  other.refused("rate_limited");
  one.refused("rate_limited");
  clock.advanceBy(2_000);
  const { second, seconds, slots, refusals, targets } = mergedFrames([
    one.frame(null),
    other.frame(null),
  ]);
  assert.equal(second, 2);
  assert.deepEqual(seconds, [[0, 2, 1, 2, 6, 4]]);
  assert.equal(targets.length, 1);
  const [slot] = slots;
  assert.deepEqual(
    [slots.length, slot?.requests, slot?.errors, slot?.codes, slot?.costNanoUsd],
    [1, 2, 1, { overloaded: 1 }, 20],
  );
  assert.equal(countOf(slot?.totalUs), 2);
  assert.deepEqual(refusals, [{ slot: 0, codes: { rate_limited: 2 } }]);
});

test("CON-1 seconds that are under way in the process that is asked are left for later", () => {
  const { clock, one, other } = setUp();
  clock.advanceBy(999);
  const own = one.frame(null);
  other.refused("rate_limited");
  clock.advanceBy(1);
  const { second, seconds } = mergedFrames([own, other.frame(null)]);
  assert.deepEqual([second, seconds], [0, []]);
});
