import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { liveSlots, liveSpanS } from "@sekisho/wire/admin/live.ts";
import type { Target } from "../target.ts";
import { RecentCalls } from "./recent-calls.ts";
import type { EndedCall } from "./recent-target.ts";

const targetOf = (id: string): Target =>
  ({ id, provider: "p", region: "r", circuitName: `model of ${id}` }) as unknown as Target;

const good: EndedCall = {
  code: null,
  isError: false,
  totalMs: 1_020,
  firstTokenMs: 20,
  inputTokens: 7,
  outputTokens: 51,
  costNanoUsd: 300,
};
const bad: EndedCall = { ...good, code: "timeout", isError: true, firstTokenMs: null };

const setUp = () => {
  const clock = new VirtualClock();
  const recent = new RecentCalls(clock);
  const end = (target: Target | null, call: EndedCall): void =>
    recent.ended(target, call, clock.monotonicMs());
  return { clock, recent, end };
};

const histogram = (text: string | undefined): Histogram =>
  Histogram.fromBytes(Buffer.from(text ?? "", "base64"));

test("CON-1 the first frame tells seconds and slots that are over, without a timer", () => {
  const { clock, recent, end } = setUp();
  const [a, b] = [targetOf("a"), targetOf("b")];
  end(a, good);
  end(b, bad);
  recent.attemptFailed(b, "timeout", clock.monotonicMs());
  recent.refused("rate_limited");
  clock.advanceBy(25_000);
  end(a, good);
  clock.advanceBy(1_000);
  assert.equal(clock.pendingTimers, 0);
  const first = Math.floor(clock.monotonicMs() / 1_000) - 26;
  const frame = recent.frame(null);
  assert.equal(frame.second, first + 26);
  assert.deepEqual(frame.seconds, [
    [first, 2, 1, 1, 14, 102],
    [first + 25, 1, 0, 0, 7, 51],
  ]);
  assert.deepEqual(
    frame.slots.map(({ target, slot, requests, errors }) => [target, slot, requests, errors]),
    [
      ["a", Math.floor(first / 10), 1, 0],
      ["a", Math.floor((first + 25) / 10), 1, 0],
      ["b", Math.floor(first / 10), 1, 1],
    ],
  );
  const [, , slot] = frame.slots;
  assert.deepEqual([slot?.codes, slot?.failedAttempts], [{ timeout: 1 }, { timeout: 1 }]);
  assert.deepEqual(
    frame.refusals.map(({ codes }) => codes),
    [{ rate_limited: 1 }],
  );
});

test("CON-2 percentiles come from histograms that merge over slots and targets", () => {
  const { clock, recent, end } = setUp();
  const [a, b] = [targetOf("a"), targetOf("b")];
  const all = new Histogram();
  for (let call = 0; call < 300; call++) {
    end(call % 3 === 0 ? a : b, { ...good, totalMs: call * 10, firstTokenMs: call });
    all.record(call * 1_000);
    clock.advanceBy(100);
  }
  const merged = new Histogram();
  for (const { firstTokenUs } of recent.frame(null).slots) merged.merge(histogram(firstTokenUs));
  assert.equal(merged.count, 300);
  for (const share of [0.5, 0.95, 0.99]) {
    assert.equal(merged.quantile(share), all.quantile(share));
  }
});

test("the pace of an answer leaves its first token out; a whole answer has none", () => {
  const { recent, end } = setUp();
  end(targetOf("a"), good);
  end(targetOf("a"), { ...good, totalMs: 20 });
  end(targetOf("a"), { ...good, outputTokens: 1 });
  const pace = histogram(recent.frame(null).slots[0]?.tokensPerSecond);
  assert.deepEqual([pace.count, pace.quantile(0.5)], [1, 50]);
});

test("a delta tells what may have changed since the frame before, zeros included", () => {
  const { clock, recent, end } = setUp();
  end(targetOf("quiet"), good);
  clock.advanceBy(30_000);
  const { second: since } = recent.frame(null);
  clock.advanceBy(2_000);
  end(targetOf("busy"), good);
  clock.advanceBy(1_000);
  const { second, seconds, slots, targets, refusals } = recent.frame(since);
  assert.deepEqual(
    seconds.map(([at, requests]) => [at - second, requests]),
    [
      [-4, 0],
      [-3, 0],
      [-2, 0],
      [-1, 1],
    ],
  );
  assert.deepEqual(
    slots.map(({ target }) => target),
    ["busy"],
  );
  assert.deepEqual(
    targets.map(({ id }) => id),
    ["busy"],
  );
  assert.deepEqual(refusals, []);
});

test("CON-1 a day of traffic is told as the last 15 minutes", () => {
  const { clock, recent, end } = setUp();
  for (let at = 0; at < 24 * 3_600; at += 5) {
    end(targetOf("a"), good);
    recent.refused("rate_limited");
    clock.advanceBy(5_000);
  }
  const { seconds, slots, refusals } = recent.frame(null);
  assert.equal(seconds.length, liveSpanS / 5);
  // The slot that begins now has nothing in it.
  assert.equal(slots.length, liveSlots - 1);
  assert.ok(refusals.length <= liveSlots);
});

test("SEC-10 names without end come to 200 targets and one for the rest", () => {
  const { recent, end } = setUp();
  for (let name = 0; name < 1_000; name++) end(targetOf(`t${name}`), good);
  end(null, bad);
  const { slots } = recent.frame(null);
  assert.ok(slots.length <= 202, `${slots.length} targets`);
  const rest = slots.find(({ target }) => target === "other");
  assert.equal(rest?.requests, 800);
  assert.equal(slots.find(({ target }) => target === "")?.errors, 1);
});
