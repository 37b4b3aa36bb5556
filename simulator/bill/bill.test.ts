import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord, Outcome } from "../call-record.ts";
import { noTokens } from "../reply.ts";
import { Bill } from "./bill.ts";

const prices = { m: { input: 1e6, output: 10e6, cached: 0 }, "eu/m": { input: 2e6, output: 20e6 } };
const planned = {
  input: 100,
  cached: 40,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 50,
  reasoning: 20,
};

const settled = (bill: Bill, outcome: Outcome, change: Partial<CallRecord> = {}): CallRecord => {
  const call: CallRecord = {
    seq: 1,
    id: "x",
    region: "us",
    dialect: "openai",
    path: "/",
    rawHeaders: [],
    connection: 1,
    requestOfConnection: 1,
    startedMs: 0,
    model: "m",
    pricedModel: "m",
    stream: false,
    bodyBytes: 0,
    bodySha256: "",
    summary: null,
    scenarios: [],
    fault: null,
    state: "ended",
    status: 200,
    firstByteMs: null,
    endedMs: null,
    clientGoneMs: null,
    outcome,
    bytesWritten: 0,
    announcedBytes: null,
    producedTokens: 50,
    planned,
    tokens: noTokens,
    costNanoUsd: 0,
    ...change,
  };
  bill.settle(call);
  return call;
};

test("SIM-3 a complete call is billed as planned", () => {
  const call = settled(new Bill(prices), "complete");
  assert.deepEqual(call.tokens, planned);
  assert.equal(call.costNanoUsd, 60 + 500);
});

test("SIM-3 an error is not billed, whatever was produced", () => {
  const call = settled(new Bill(prices), "error");
  assert.deepEqual([call.tokens, call.costNanoUsd], [noTokens, 0]);
});

for (const outcome of ["cut_by_us", "client_gone"] as const) {
  test(`SIM-3 ${outcome}: the prompt and what was produced, nothing before the first token`, () => {
    const begun = settled(new Bill(prices), outcome, { producedTokens: 23 });
    assert.deepEqual(begun.tokens, { ...planned, output: 23 });
    assert.equal(begun.costNanoUsd, 60 + 230);
    const early = settled(new Bill(prices), outcome, { producedTokens: 0 });
    assert.deepEqual([early.tokens, early.costNanoUsd], [noTokens, 0]);
  });
}

test("a price of a region goes before that of the model, an unknown model has the default", () => {
  const bill = new Bill(prices);
  assert.equal(settled(bill, "complete", { region: "eu" }).costNanoUsd, 200 + 1_000);
  assert.equal(settled(bill, "complete", { pricedModel: "?" }).costNanoUsd, 164_000);
});

test("the statement adds up by region and model, and in all", () => {
  const bill = new Bill(prices);
  settled(bill, "complete");
  settled(bill, "client_gone", { producedTokens: 1 });
  settled(bill, "error", { region: "eu" });
  const { total, lines } = bill.statement();
  assert.deepEqual(
    lines.map(({ region, model, calls, costNanoUsd }) => [region, model, calls, costNanoUsd]),
    [
      ["us", "m", 2, 630n],
      ["eu", "m", 1, 0n],
    ],
  );
  assert.deepEqual(total, {
    region: "*",
    model: "*",
    calls: 3,
    outcomes: { complete: 1, error: 1, cut_by_us: 0, client_gone: 1 },
    inputTokens: 200,
    cachedTokens: 80,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 51,
    reasoningTokens: 21,
    costNanoUsd: 630n,
  });
  bill.clear();
  assert.equal(bill.statement().total.calls, 0);
});

test("the lines are bounded: models beyond the limit share one", () => {
  const bill = new Bill(prices);
  for (let n = 0; n < 10_050; n++) settled(bill, "complete", { pricedModel: `m${n}` });
  const { lines, total } = bill.statement();
  assert.equal(lines.length, 10_001);
  assert.equal(lines.find((line) => line.model === "*")?.calls, 50);
  assert.equal(total.calls, 10_050);
});

test("prices that are no integers are refused", () =>
  assert.throws(() => new Bill({ m: { input: 0.1, output: 1 } }), /non-negative integer/));

test("a request that is served is billed beside its tokens, and so are its images", () => {
  const flat = { m: { input: 1e6, output: 10e6, cached: 0, perRequest: 1_000, perImage: 20 } };
  const bill = new Bill(flat);
  const plain = new Bill({ m: { input: 1e6, output: 10e6, cached: 0 } });
  const summary = {
    turns: 1,
    images: 3,
    tools: 0,
    maxTokens: 9,
    choices: 1,
    format: "text",
  } as const;
  const tokens = settled(plain, "complete").costNanoUsd;
  assert.equal(settled(bill, "complete", { summary }).costNanoUsd, tokens + 1_060);
  assert.equal(settled(bill, "complete").costNanoUsd, tokens + 1_000);
  assert.equal(settled(bill, "error", { summary }).costNanoUsd, 0);
  assert.throws(() => bill.setPrices({ m: { ...flat.m, perImage: 0.5 } }), /invalid_price|integer/);
});
