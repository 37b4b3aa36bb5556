import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { readUsage, UsageTally, writeUsage } from "./usage.ts";

const told = (value: unknown): string | null => {
  const usage = readUsage(value);
  if (usage === null) return null;
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning } = usage;
  return [input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning].join("/");
};

describe("WIR-11 usage", () => {
  const table: readonly (readonly [what: string, value: unknown, told: string | null])[] = [
    ["the least", { input_tokens: 5, output_tokens: 6 }, "5/6/0/0/0/0"],
    [
      "cached tokens stay out of input",
      { input_tokens: 5, output_tokens: 6, cache_read_input_tokens: 100 },
      "5/6/100/0/0/0",
    ],
    [
      "what was written, by the time it is kept",
      {
        input_tokens: 5,
        output_tokens: 6,
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
      },
      "5/6/0/4/5/0",
    ],
    [
      "what was written without a breakdown is short-lived",
      { input_tokens: 5, output_tokens: 6, cache_creation_input_tokens: 9, cache_creation: null },
      "5/6/0/9/0/0",
    ],
    [
      "a breakdown that adds up to more",
      {
        input_tokens: 5,
        output_tokens: 6,
        cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 5 },
      },
      "5/6/0/4/5/0",
    ],
    [
      "thinking is part of the output",
      { input_tokens: 5, output_tokens: 6, output_tokens_details: { thinking_tokens: 4 } },
      "5/6/0/0/0/4",
    ],
    [
      "more thinking than output",
      { input_tokens: 5, output_tokens: 6, output_tokens_details: { thinking_tokens: 8 } },
      "5/8/0/0/0/8",
    ],
    ["no input", { output_tokens: 6 }, null],
    ["absurd counts", { input_tokens: -1, output_tokens: 1e300 }, null],
    ["a fraction", { input_tokens: 1.5, output_tokens: 6 }, null],
    ["nothing", null, null],
    ["something else", "many", null],
  ];
  for (const [what, value, expected] of table) {
    test(what, () => assert.equal(told(value), expected));
  }

  test("counts of a stream are of the whole answer so far", () => {
    const tally = new UsageTally();
    tally.add({
      input_tokens: 21,
      output_tokens: 1,
      cache_read_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 2 },
    });
    tally.add({ output_tokens: 9 });
    tally.add({ output_tokens: 15, input_tokens: null, cache_creation_input_tokens: 3 });
    assert.deepEqual(tally.usage, {
      input: 21,
      output: 15,
      cacheRead: 7,
      cacheWrite5m: 1,
      cacheWrite1h: 2,
      reasoning: 0,
    });
  });

  test("what is written is what is read", () => {
    const count = fc.nat(1_000_000);
    const shape = fc.record({
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      reasoning: count,
    });
    fc.assert(
      fc.property(shape, (made) => {
        const usage = { ...made, output: Math.max(made.output, made.reasoning) };
        assert.deepEqual(readUsage(JSON.parse(JSON.stringify(writeUsage(usage)))), usage);
      }),
      { numRuns: 300 },
    );
  });
});
