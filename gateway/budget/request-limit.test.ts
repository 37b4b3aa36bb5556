import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestLimit } from "./budget-limit.ts";
import { checkRequestCost, outputAllowance, shareBeyondLimit } from "./request-limit.ts";

/** The defaults of a chat (MON-6). */
const chat: RequestLimit = {
  name: "chat",
  inputTokens: 4_000,
  outputTokens: 1_024,
  totalTokens: 5_024,
  nanoUsd: null,
};

const allowance = (
  input: number,
  maxTokens: number | null = null,
  rest: { readonly choices?: number; readonly limit?: RequestLimit | null } = {},
): number => {
  const { choices = 1, limit = chat } = rest;
  return outputAllowance(limit, { inputEstimate: () => input, maxTokens, choices });
};

const allowed: readonly (readonly [number, number, number | null, number])[] = [
  // input, what it may have, cap, choices
  [10, 1_024, null, 1],
  [4_000, 1_024, 1_024, 1],
  [4_000, 1_024, null, 1],
  [10, 1_024, 512, 2],
];

for (const [input, may, cap, choices] of allowed) {
  test(`MON-6 ${input} tokens in, ${choices} answers of ${cap}: ${may} are left`, () => {
    assert.equal(allowance(input, cap, { choices }), may);
  });
}

test("MON-6 what the prompt takes of the total is not left for the answer", () => {
  const limit = { ...chat, totalTokens: 4_100 };
  assert.equal(allowance(4_000, null, { limit }), 100);
  assert.equal(allowance(4_000, 100, { limit }), 100);
});

test("MON-6 without a limit on each call nothing is estimated", () => {
  const inputEstimate = (): number => assert.fail("estimated");
  assert.equal(outputAllowance(null, { inputEstimate, maxTokens: 9e9, choices: 1 }), Infinity);
  const limit = { ...chat, inputTokens: null, totalTokens: null };
  assert.equal(outputAllowance(limit, { inputEstimate, maxTokens: 5, choices: 1 }), 1_024);
});

const refused: readonly (readonly [type: string, limit: number, needed: number, () => unknown])[] =
  [
    ["per_request_input", 4_000, 4_001, () => allowance(4_001)],
    ["per_request_output", 1_024, 1_025, () => allowance(1, 1_025)],
    ["per_request_output", 1_024, 1_026, () => allowance(1, 513, { choices: 2 })],
    [
      "per_request_total",
      4_100,
      4_101,
      () => allowance(4_000, 101, { limit: { ...chat, totalTokens: 4_100 } }),
    ],
    [
      "per_request_total",
      4_000,
      4_001,
      () => allowance(4_000, null, { limit: { ...chat, totalTokens: 4_000 } }),
    ],
    ["per_request_cost", 99, 100, () => checkRequestCost({ ...chat, nanoUsd: 99 }, 100)],
  ];

for (const [budgetType, limit, needed, run] of refused) {
  test(`MON-11 ${budgetType}: ${needed} of ${limit} is refused with its figures`, () => {
    assert.throws(run, (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, "request_exceeds_budget");
      assert.deepEqual(error.details.facts, { budgetType, limit, used: 0, needed });
      return true;
    });
  });
}

test("MON-6 a cost at the limit passes, and without a limit any", () => {
  checkRequestCost({ ...chat, nanoUsd: 100 }, 100);
  checkRequestCost(chat, 1e15);
  checkRequestCost(null, 1e15);
});

const shares: readonly (readonly [what: string, share: number | null, () => unknown])[] = [
  ["a prompt", 0.5, () => allowance(8_000)],
  // 4,000 are the prompt's beside a cap of 1,000.
  ["a prompt beside its cap", 0.5, () => allowance(8_000, 1_000, { limit: totalOf(5_000) })],
  // Without a cap a quarter is kept free.
  ["a prompt of the whole", 0.25, () => allowance(5_000, null, { limit: totalOf(5_000) })],
  ["an answer", null, () => allowance(1, 1_025)],
  ["a cost", null, () => checkRequestCost({ ...chat, nanoUsd: 99 }, 100)],
];

const totalOf = (totalTokens: number): RequestLimit => ({
  ...chat,
  inputTokens: null,
  outputTokens: null,
  totalTokens,
});

for (const [what, share, run] of shares) {
  test(`MON-5 which share of ${what} a limit has no room for`, () => {
    let refusal: unknown;
    assert.throws(run, (error) => {
      refusal = error;
      return true;
    });
    const maxTokens = what.includes("cap") ? 1_000 : null;
    assert.equal(shareBeyondLimit(refusal, { maxTokens, choices: 1 }), share);
  });
}

test("MON-5 a cap that is all of a limit leaves the prompt nothing", () => {
  const limit = totalOf(1_000);
  const asked = { maxTokens: 1_000, choices: 1 };
  assert.throws(
    () => allowance(300, 1_000, { limit }),
    (refusal) => shareBeyondLimit(refusal, asked) === 1,
  );
  assert.equal(shareBeyondLimit(new Error("request_exceeds_budget"), asked), null);
});
