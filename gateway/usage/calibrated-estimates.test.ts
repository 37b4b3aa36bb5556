import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import { CalibratedEstimates } from "./calibrated-estimates.ts";

const usageOf = (input: number, output = 0): Usage => ({ ...noUsage, input, output });

test("MON-4 an estimate follows what providers report, one family apart from another", () => {
  const all = new CalibratedEstimates();
  const claude = all.of("claude");
  for (let n = 0; n < 200; n++) {
    const counted = { usage: usageOf(1_300, 800), inputEstimate: () => 1_000, outputBytes: 1_800 };
    claude.observe(counted);
  }
  assert.equal(all.of("claude"), claude);
  assert.ok(Math.abs(claude.input(1_000) - 1_300) <= 1);
  assert.ok(Math.abs(claude.output(1_800) - 800) <= 1);
  assert.deepEqual([all.of("nova").input(1_000), all.of("nova").output(3_000)], [1_000, 1_000]);
  const [input, output] = all.figures();
  assert.deepEqual([input?.family, input?.kind, output?.kind], ["claude", "input", "output"]);
  assert.ok((input?.error ?? 1) < 0.06, `${input?.error}: the error falls as it learns`);
  assert.ok(Math.abs((output?.ratio ?? 0) - 800 / 600) < 0.01);
});

test("MON-4 a model that counts otherwise from today on is followed", () => {
  const estimates = new CalibratedEstimates().of("gpt");
  const reports = (input: number, times: number): void => {
    for (let n = 0; n < times; n++) {
      estimates.observe({ usage: usageOf(input), inputEstimate: () => 1_000, outputBytes: null });
    }
  };
  reports(2_000, 100);
  assert.ok(Math.abs(estimates.input(1_000) - 2_000) <= 1);
  reports(500, 64 * 100);
  assert.ok(Math.abs(estimates.input(1_000) - 500) <= 20);
});

test("MON-4 few, short or nonsensical reports move nothing, or not far", () => {
  const few = new CalibratedEstimates().of("a");
  for (let n = 0; n < 7; n++) {
    few.observe({ usage: usageOf(3_000), inputEstimate: () => 1_000, outputBytes: null });
  }
  assert.equal(few.input(1_000), 1_000);
  const short = new CalibratedEstimates().of("b");
  for (let n = 0; n < 100; n++) {
    short.observe({ usage: usageOf(40, 30), inputEstimate: () => 20, outputBytes: 10 });
  }
  assert.deepEqual([short.input(1_000), short.output(300)], [1_000, 100]);
  const property = fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat())), (reports) => {
    const wild = new CalibratedEstimates().of("c");
    for (const [input, estimate, outputBytes] of reports) {
      const usage = usageOf(input, estimate);
      wild.observe({ usage, inputEstimate: () => estimate, outputBytes });
    }
    const [tokens, said] = [wild.input(1_000), wild.output(3_000)];
    assert.ok(tokens >= 250 && tokens <= 4_000 && said >= 250 && said <= 4_000);
  });
  fc.assert(property, { numRuns: 300 });
});

test("MON-4 a prompt is read by estimate for some calls alone once many were", () => {
  const estimates = new CalibratedEstimates().of("a");
  let read = 0;
  const inputEstimate = (): number => {
    read += 1;
    return 100;
  };
  for (let n = 0; n < 64 + 64 * 100; n++) {
    estimates.observe({ usage: usageOf(100), inputEstimate, outputBytes: null });
  }
  assert.equal(read, 64 + 100);
});

test("MON-4 reasoning that is hidden says nothing of how long a token is", () => {
  const estimates = new CalibratedEstimates().of("a");
  const usage = { ...usageOf(100, 5_000), reasoning: 4_900 };
  for (let n = 0; n < 100; n++) {
    estimates.observe({ usage, inputEstimate: () => 100, outputBytes: 300 });
  }
  assert.equal(estimates.output(300), 100);
});
