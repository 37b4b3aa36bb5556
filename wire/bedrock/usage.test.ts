import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import type { Usage } from "../canonical/usage.ts";
import { readUsage, writeUsage } from "./usage.ts";

const counts = (usage: Usage | null): unknown =>
  usage && [
    usage.input,
    usage.output,
    usage.cacheRead,
    usage.cacheWrite5m,
    usage.cacheWrite1h,
    usage.reasoning,
  ];

describe("WIR-11 usage as Converse reports it", () => {
  const table: readonly (readonly [what: string, usage: unknown, read: unknown])[] = [
    ["plain", { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, [1, 2, 0, 0, 0, 0]],
    [
      "cached tokens are not input",
      { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheWriteInputTokens: 4 },
      [1, 2, 3, 4, 0, 0],
    ],
    [
      "writes by how long they are kept",
      {
        inputTokens: 1,
        outputTokens: 2,
        cacheWriteInputTokens: 9,
        cacheDetails: [
          { ttl: "1h", inputTokens: 5 },
          { ttl: "5m", inputTokens: 4 },
        ],
      },
      [1, 2, 0, 4, 5, 0],
    ],
    [
      "details beyond the sum",
      {
        inputTokens: 1,
        outputTokens: 2,
        cacheWriteInputTokens: 3,
        cacheDetails: [{ ttl: "1h", inputTokens: 50 }, null, { ttl: "1h", inputTokens: -1 }],
      },
      [1, 2, 0, 0, 3, 0],
    ],
    ["no output yet", { inputTokens: 7 }, [7, 0, 0, 0, 0, 0]],
    ["nothing", {}, null],
    ["no object", null, null],
    ["negative", { inputTokens: -1, outputTokens: 2 }, null],
    ["a fraction", { inputTokens: 1, outputTokens: 2.5 }, null],
    ["a string", { inputTokens: "1", outputTokens: 2 }, null],
    ["beyond all measure", { inputTokens: 1, outputTokens: 1e12 }, null],
  ];
  for (const [what, usage, read] of table) {
    test(what, () => assert.deepEqual(counts(readUsage(usage)), read));
  }

  test("what is written is read again; the total counts every kind", () => {
    const count = fc.nat(1_000_000);
    const usages = fc.record({
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      reasoning: fc.constant(0),
    });
    fc.assert(
      fc.property(usages, (usage) => {
        const written = writeUsage(usage);
        assert.deepEqual(readUsage(written), { ...usage });
        const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = usage;
        const total = input + output + cacheRead + cacheWrite5m + cacheWrite1h;
        assert.equal(written.totalTokens, total);
      }),
    );
  });
});
