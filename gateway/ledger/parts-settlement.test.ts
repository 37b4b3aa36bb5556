import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Price } from "../price.ts";
import type { Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import { settleParts, type PartAttempt } from "./parts-settlement.ts";

/** 2 nano-USD for each token. */
const price: Price = {
  version: "p",
  input: 2_000_000,
  output: 0,
  cacheRead: 2_000_000,
  cacheWrite5m: 2_000_000,
  cacheWrite1h: 2_000_000,
  bands: [],
  origin: { from: null, until: null, source: "a test", confidence: null },
};

// Nothing else is read of it here.
const targetOf = (provider: string): Target => ({ provider }) as Target;

const read = (input: number, source: MeasuredUsage["source"] = "reported"): MeasuredUsage => ({
  usage: { ...noUsage, input },
  source,
});

const complete = (input: number): AttemptOutcome => ({
  kind: "complete",
  finish: "stop",
  measured: read(input),
});

const failed: AttemptOutcome = {
  kind: "failed",
  measured: read(0, "none"),
  failure: {
    code: "upstream_error",
    message: "The provider failed",
    param: null,
    reach: "reached",
    status: 500,
    retryAfterMs: null,
    verdict: "retry",
    credentialFault: false,
  },
};

const left: AttemptOutcome = {
  kind: "aborted",
  cause: "client_closed",
  measured: read(0, "unknown"),
};

let clockMs = 0;
const attempt = (outcome: AttemptOutcome, provider = "a"): PartAttempt => {
  clockMs += 10;
  const served = outcome.kind === "complete" ? clockMs + 5 : null;
  return {
    record: {
      target: targetOf(provider),
      price,
      outcome,
      startedMs: clockMs,
      endedMs: clockMs + 5,
      firstTokenMs: served,
    },
    boundNanoUsd: 1_000,
    boundInputTokens: 500,
  };
};

const facts = { reservedNanoUsd: 10_000, endedMs: 1_000, endedWallMs: 1_000 };
const call = {} as Call; // it is only passed on

describe("MON-7 a call that several attempts served", () => {
  test("costs their sum, and neither a failed attempt nor the bound", () => {
    const attempts = [attempt(failed, "b"), attempt(complete(10)), attempt(complete(7))];
    const settled = settleParts(call, { attempts, cause: null }, facts);
    assert.equal(settled.costNanoUsd, 34);
    assert.deepEqual(settled.spent, { nanoUsd: 34, inputTokens: 17, outputTokens: 0 });
    assert.deepEqual(settled.attemptCostsNanoUsd, [0, 20, 14]);
    assert.equal(settled.isError, false);
    const { counts } = settled;
    assert.equal(counts?.target.provider, "a");
    assert.deepEqual(counts?.outcome.measured, read(17));
    const [first, , last] = attempts;
    assert.equal(counts?.startedMs, first?.record.startedMs);
    assert.equal(counts?.firstTokenMs, last?.record.endedMs, "all vectors are there");
  });

  test("costs at most what was reserved; the rest is the operator's", () => {
    const attempts = [attempt(complete(4_000)), attempt(complete(2_000))];
    const settled = settleParts(call, { attempts, cause: null }, facts);
    assert.deepEqual([settled.costNanoUsd, settled.excessNanoUsd], [10_000, 2_000]);
  });

  test("MON-15 costs nothing when a part failed, though others were served", () => {
    const attempts = [attempt(complete(10)), attempt(failed), attempt(left)];
    const settled = settleParts(call, { attempts, cause: "upstream_error" }, facts);
    assert.deepEqual([settled.costNanoUsd, settled.excessNanoUsd], [0, 0]);
    assert.deepEqual(settled.spent, { nanoUsd: 0, inputTokens: 0, outputTokens: 0 });
    assert.deepEqual(settled.attemptCostsNanoUsd, [20, 0, 1_000]);
    assert.equal(settled.counts?.firstTokenMs, null);
    assert.equal(settled.isError, true);
  });

  test("MON-15 costs what was served and what was under way when its client left", () => {
    const attempts = [attempt(complete(10)), attempt(left), attempt(left)];
    const settled = settleParts(call, { attempts, cause: "client_closed" }, facts);
    const spent = { nanoUsd: 20 + 2_000, inputTokens: 10 + 1_000, outputTokens: 0 };
    assert.deepEqual(settled.spent, spent);
    assert.equal(settled.costNanoUsd, spent.nanoUsd);
    assert.deepEqual(settled.counts?.outcome.measured, read(10, "unknown"));
    assert.equal(settled.isError, false);
  });

  test("has no attempt that counts when none was made", () => {
    const settled = settleParts(call, { attempts: [], cause: "circuit_open" }, facts);
    assert.deepEqual([settled.counts, settled.costNanoUsd], [null, 0]);
  });
});
