import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import * as fc from "fast-check";
import type { AttemptRecord } from "../attempt.ts";
import type { Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import { wastedTokens } from "./wasted-tokens.ts";

const attempt = (output: number, source: MeasuredUsage["source"] = "reported"): AttemptRecord => ({
  target: {} as Target, // not looked at
  price: null,
  outcome: {
    kind: "complete",
    finish: "stop",
    measured: { usage: { ...noUsage, input: 50, output }, source },
  },
  startedMs: 0,
  endedMs: 1,
  firstTokenMs: 1,
});

test("MON-14 an answer that was read to its end has wasted nothing, and delivered all", () => {
  const own = attempt(70);
  assert.deepEqual(wastedTokens({ attempts: [own], counts: own }, 1), { own: 0, attempts: [0] });
});

test("MON-14 an answer that nobody was handed is wasted whole", () => {
  const own = attempt(70);
  assert.deepEqual(wastedTokens({ attempts: [own], counts: own }, 0), { own: 70, attempts: [70] });
});

test("MON-14 in between it is the share that was handed over", () => {
  const own = attempt(70);
  assert.deepEqual(wastedTokens({ attempts: [own], counts: own }, 0.4).own, 42);
});

test("MON-14 what failed over and what lost a hedge is wasted, whatever was read", () => {
  const [failed, own, lost] = [attempt(5), attempt(70), attempt(9)];
  const { attempts } = wastedTokens({ attempts: [failed, own, lost], counts: own }, 1);
  assert.deepEqual(attempts, [5, 0, 9]);
});

test("MON-14 of a continued answer the segment that was delivered stays delivered", () => {
  const [first, lost, second] = [attempt(30), attempt(4), attempt(70)];
  const result = { attempts: [first, lost, second], counts: attempt(100) };
  const segments = [first, second];
  assert.deepEqual(wastedTokens({ ...result, segments }, 0.6), { own: 40, attempts: [0, 4, 40] });
  assert.deepEqual(wastedTokens({ ...result, segments }, 0.2), { own: 80, attempts: [10, 4, 70] });
});

test("MON-14 of a usage that nobody knows nobody knows what was wasted", () => {
  const own = attempt(0, "unknown");
  const wasted = wastedTokens({ attempts: [own], counts: own }, 0);
  assert.deepEqual(wasted, { own: null, attempts: [null] });
});

test("MON-14 without an attempt nothing is wasted", () => {
  assert.deepEqual(wastedTokens({ attempts: [], counts: null }, 0), { own: 0, attempts: [] });
});

test("MON-14 property: nothing below zero or above the output; segments add up", () => {
  const outputs = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 5 });
  const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(outputs, fc.nat(500), share, (said, other, handedShare) => {
      const segments = said.map((output) => attempt(output));
      const beside = attempt(other);
      const counts = attempt(said.reduce((sum, each) => sum + each, 0));
      const result = { attempts: [...segments, beside], counts, segments };
      const { own, attempts } = wastedTokens(result, handedShare);
      const parts = attempts.slice(0, -1).map(Number);
      assert.equal(attempts.at(-1), other);
      assert.equal(
        parts.reduce((sum, each) => sum + each, 0),
        own,
      );
      for (const [n, each] of parts.entries()) assert.ok(each >= 0 && each <= (said[n] ?? 0));
      if (handedShare === 1) assert.equal(own, 0);
      if (handedShare === 0) assert.equal(own, counts.outcome.measured.usage.output);
      // What was delivered is the beginning: behind a segment with waste all is waste.
      const from = parts.findIndex((each) => each > 0);
      if (from >= 0) assert.deepEqual(parts.slice(from + 1), said.slice(from + 1));
    }),
  );
});
