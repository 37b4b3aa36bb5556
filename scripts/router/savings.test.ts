import assert from "node:assert/strict";
import { test } from "node:test";
import { usualPrice } from "@sekisho/gateway/route/route-fixture.ts";
import { savingOf } from "./savings.ts";

// 1,000 and 2,000 nano-USD a million tokens would round away: cents a token do not.
const strong = { ...usualPrice, input: 10_000_000_000, output: 50_000_000_000 };
const simple = { ...usualPrice, input: 1_000_000_000, output: 5_000_000_000 };
const prices = { simple, strong };

test("RTE-5 a rule that is always right saves what there is to save", () => {
  const saving = savingOf({ ofSimple: 1, ofStrong: 0 }, 0.7, prices);
  assert.deepEqual([saving.wrongNanoUsd, saving.wrongCalls], [0, 0]);
  assert.equal(saving.strongAloneNanoUsd - saving.routedNanoUsd, saving.perfectNanoUsd);
  // 700 calls of 820 tokens in and 120 out, at nine tenths of the price.
  assert.equal(saving.perfectNanoUsd, 700 * 0.9 * (820 * 10_000 + 120 * 50_000));
});

test("RTE-5 what strong messages save at the small model is told apart", () => {
  const saving = savingOf({ ofSimple: 0, ofStrong: 0.5 }, 0.7, prices);
  assert.equal(Math.round(saving.wrongCalls), 150);
  const gained = saving.strongAloneNanoUsd - saving.routedNanoUsd;
  assert.equal(Math.round(gained), Math.round(saving.wrongNanoUsd));
});

test("RTE-5 everything at the strong model saves nothing", () => {
  const saving = savingOf({ ofSimple: 0, ofStrong: 0 }, 0.5, prices);
  assert.equal(saving.routedNanoUsd, saving.strongAloneNanoUsd);
});
