import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import { nothing } from "../amounts.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Price, PriceSpan } from "../price.ts";
import type { Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import type { IntentRow } from "./ledger.ts";
import { settle, settlementRows, subjectOf, spentOf, unknownRow } from "./settlement.ts";

const price = (version: string, nanoUsd: number, overTokens: number): Price => {
  const at = (each: number) => ({
    input: each,
    output: each,
    cacheRead: each,
    cacheWrite5m: each,
    cacheWrite1h: each,
  });
  return {
    ...at(nanoUsd * 1_000_000),
    version,
    bands: [{ ...at(5_000_000 * nanoUsd), overTokens, version: `${version}/over-${overTokens}` }],
    origin: { from: null, until: null, source: "a test", confidence: null },
  };
};

const planned = price("old", 1, 100);
const next = price("new", 9, 100);

/** Its price has changed while the call ran. */
const prices: PriceSpan = {
  price: planned,
  untilMs: 1_000,
  next: { price: next, untilMs: Infinity, next: null },
};

const call = {
  id: "1",
  principal: { tenant: "t", team: null, keyId: "k" },
  attribution: { user: null, session: null, agent: null },
  choice: null,
  leftOutMessages: 0,
  request: { surface: "openai.chat", read: { facts: { model: "fast" } } },
  arrivedMs: 0,
  arrivedWallMs: 500,
} as unknown as Call; // what rows are made of

const attempt = (usage: Partial<Usage>, source: MeasuredUsage["source"]): AttemptRecord => ({
  target: { prices, upstreamModel: "m", provider: "p", region: "r" } as Target,
  price: planned,
  outcome: {
    kind: "complete",
    finish: "stop",
    measured: { usage: { ...noUsage, ...usage }, source },
  },
  startedMs: 0,
  endedMs: 10,
  firstTokenMs: 5,
});

const booked = (record: AttemptRecord, reservedNanoUsd: number) => {
  const result = { attempts: [record], counts: record, cause: null };
  const settlement = settle(call, result, { reservedNanoUsd, endedMs: 10, endedWallMs: 2_000 });
  const rows = settlementRows(settlement).map((row) => [row.costNanoUsd, row.priceVersion]);
  return { rows, excessNanoUsd: settlement.excessNanoUsd };
};

test("MON-2 a call is settled at the price it was reserved at, whatever holds by its end", () => {
  const { rows } = booked(attempt({ input: 100, output: 7 }, "reported"), 10_000);
  assert.deepEqual(rows, [
    [107, "old"],
    [107, "old"],
  ]);
});

test("MON-2 the rows name the band that the reported prompt fell into", () => {
  const { rows } = booked(attempt({ input: 90, cacheRead: 11, output: 7 }, "reported"), 10_000);
  assert.deepEqual(rows, [
    [540, "old/over-100"],
    [540, "old/over-100"],
  ]);
});

test("MON-14 rows have the tags of the key, and those of a key without tags no such field", () => {
  const principal = { ...call.principal, tags: ["prod", "search"] };
  assert.deepEqual(subjectOf({ ...call, principal }, null).tags, ["prod", "search"]);
  assert.ok(!("tags" in subjectOf(call, null)));
});

test("MON-7 a prompt that falls into a dearer band than was reserved costs the operator", () => {
  const { rows, excessNanoUsd } = booked(attempt({ input: 101 }, "reported"), 200);
  assert.deepEqual(
    [rows, excessNanoUsd],
    [
      [
        [505, "old/over-100"],
        [200, "old/over-100"],
      ],
      305,
    ],
  );
});

test("MON-7 usage that nobody knows costs the reservation", () => {
  assert.deepEqual(booked(attempt({}, "unknown"), 200).rows, [
    [200, "old"],
    [200, "old"],
  ]);
});

test("MON-15 what broke off before it was of use costs the operator alone, in tokens too", () => {
  const record: AttemptRecord = {
    ...attempt({ input: 9, output: 7 }, "estimated"),
    firstTokenMs: null,
  };
  const result = { attempts: [record], counts: record, cause: "upstream_cut" } as const;
  const facts = { reservedNanoUsd: 200, endedMs: 10, endedWallMs: 2_000 };
  const settlement = settle(call, result, facts);
  const figures = settlementRows(settlement).map((row) => [
    row.attempt,
    row.usage.input,
    row.usage.output,
    row.usageSource,
    row.costNanoUsd,
  ]);
  assert.deepEqual(figures, [
    [1, 9, 7, "estimated", 16],
    [0, 0, 0, "none", 0],
  ]);
  assert.deepEqual(
    spentOf(settlement, { nanoUsd: 200, inputTokens: 20, outputTokens: 20 }),
    nothing,
  );
});

test("MON-10 a call whose process died costs its reservation, of a usage nobody knows", () => {
  const subject = {} as IntentRow["subject"]; // it is passed on unread
  const reserved = { nanoUsd: 50, inputTokens: 0, outputTokens: 0 };
  const intent = { id: "1", timeMs: 1, subject, reserved, accounts: [] };
  const row = unknownRow({ ...intent, priceVersion: "book/line" });
  const { attempt, outcome, usageSource, costNanoUsd, priceVersion } = row;
  assert.deepEqual(
    [attempt, outcome, usageSource, costNanoUsd, priceVersion],
    [0, "unknown", "unknown", 50, "book/line"],
  );
});
