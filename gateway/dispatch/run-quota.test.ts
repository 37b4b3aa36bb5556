import assert from "node:assert/strict";
import { test } from "node:test";
import type { Quotas } from "../quota.ts";
import { complete, failed, providersOf, setUp } from "./run-harness.ts";

/** Quotas of which these providers have no room, and what they are told. */
function quotasOf(full: readonly string[]) {
  const told: string[] = [];
  const quotas: Quotas = {
    hasRoom: ({ provider }) => !full.includes(provider),
    take: ({ provider }, tokens) => {
      told.push(`${provider} takes ${tokens}`);
      return {
        end: (_measured, isThrottled) =>
          told.push(`${provider} ${isThrottled ? "throttled" : "ended"}`),
      };
    },
  };
  return { quotas, told };
}

test("RTE-16 a target that has lost its room since is passed over for one that has some", () => {
  const { quotas, told } = quotasOf(["a"]);
  const { run, sent, last } = setUp(["a", "b", "c"], { steering: { quotas } });
  run.start();
  last().over(failed({ status: 429, code: "upstream_rate_limited" }));
  last().committed();
  last().over(complete);
  assert.deepEqual(providersOf(sent), ["b", "c"]);
  assert.deepEqual(told, ["b takes 7", "b throttled", "c takes 7", "c ended"]);
});

test("RTE-16 with no room anywhere the first is tried", () => {
  const { quotas } = quotasOf(["a", "b"]);
  const { run, sent } = setUp(["a", "b"], { steering: { quotas } });
  run.start();
  assert.deepEqual(providersOf(sent), ["a"]);
});

test("RTE-15 a target in panic is asked past its circuit", () => {
  const { run, judged, sent, last } = setUp(["a", "b"], {
    closedCircuits: ["b"],
    steering: { inPanic: ["b"] },
  });
  run.start();
  last().over(failed());
  assert.deepEqual(providersOf(sent), ["a", "b"]);
  last().committed();
  assert.equal(judged.at(-1), "b in panic first token");
});
