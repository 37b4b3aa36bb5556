import assert from "node:assert/strict";
import { test } from "node:test";
import { readUsage } from "./usage.ts";

const said = (input: object | undefined, output: object | undefined) =>
  readUsage({ inputTokens: input, outputTokens: output });

const none = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0 };

test("WIR-11 totals count what was cached; the canonical input does not", () => {
  const rows = [
    [{ total: 10 }, { total: 5 }, { ...none, input: 10, output: 5 }],
    [
      { total: 10, cacheRead: 4, cacheWrite: 3 },
      { total: 5, reasoning: 2 },
      { ...none, input: 3, cacheRead: 4, cacheWrite5m: 3, output: 5, reasoning: 2 },
    ],
    // More of a part than of the whole is the package's mistake: nothing gets negative.
    [{ total: 3, cacheRead: 9 }, { total: 1 }, { ...none, input: 0, cacheRead: 3, output: 1 }],
    [{ total: 3 }, { total: 1, reasoning: 4 }, { ...none, input: 3, output: 4, reasoning: 4 }],
  ] as const;
  for (const [input, output, usage] of rows) assert.deepEqual(said(input, output), usage);
});

test("usage that is absent or absurd is none", () => {
  for (const value of [null, 1, {}, { inputTokens: 3, outputTokens: 4 }]) {
    assert.equal(readUsage(value), null);
  }
  for (const total of [undefined, -1, 1.5, 1e12, "3", Number.NaN]) {
    assert.equal(said({ total }, { total: 1 }), null);
    assert.equal(said({ total: 1 }, { total }), null);
  }
});
