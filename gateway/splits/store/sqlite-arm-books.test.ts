import assert from "node:assert/strict";
import { test } from "node:test";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ArmOutcome } from "@sekisho/wire/admin/splits.ts";
import { endedCall, openSplits } from "../splits-fixture.ts";

const atMs = Date.UTC(2026, 10, 21, 12, 30, 30);
const minuteMs = 60_000;
const hourMs = 3_600_000;

test("RTE-4 figures of arms are those of their calls, by how they ended", async () => {
  const { books, record } = openSplits();
  const causes: readonly (readonly [Code | null, ArmOutcome])[] = [
    [null, "answered"],
    ["upstream_rejected", "refused"],
    ["content_filtered", "refused"],
    ["client_closed", "left"],
    ["upstream_rate_limited", "throttled"],
    ["upstream_timeout", "timed_out"],
    ["deadline_exceeded", "timed_out"],
    ["circuit_open", "failed"],
    ["upstream_error", "failed"],
    ["draining", "lost"],
  ];
  await record(
    ...causes.map(([cause]) => endedCall({ arm: "a", cause, endedWallMs: atMs })),
    endedCall({ arm: "a", cause: "deadline_exceeded", withinMs: 100, endedWallMs: atMs }),
    endedCall({ arm: "b", endedWallMs: atMs, took: { latencyMs: 500, firstTokenMs: null } }),
  );
  const [a, b] = books.figures({ split: "ab", sinceMs: null });
  assert.ok(a && b);
  const classes = { answered: 1, refused: 3, left: 1, throttled: 1 };
  assert.deepEqual(a.classes, { ...classes, given: 0, timed_out: 2, failed: 2, lost: 1 });
  assert.deepEqual([a.requests, a.inputTokens, a.outputTokens, a.costNanoUsd], [11, 33, 55, 77n]);
  assert.equal(a.latency.count, 11);
  assert.ok(Math.abs(a.latency.p50Ms - 100) < 4 && Math.abs(a.firstToken.p99Ms - 40) < 2);
  assert.deepEqual([b.arm, b.requests, b.firstToken.count], ["b", 1, 0]);
  assert.deepEqual(books.figures({ split: "other", sinceMs: null }), []);
});

test("RTE-4 figures of a time are those of its calls, wherever its hours begin", async () => {
  const { books, record } = openSplits();
  const agesMs = [0, 4 * minuteMs, 20 * minuteMs, 59 * minuteMs, 3 * hourMs, 30 * hourMs];
  await record(
    ...agesMs.map((ageMs) => endedCall({ arm: "a", endedWallMs: atMs - ageMs, costNanoUsd: 1 })),
  );
  const since = (rangeMs: number | null): number | undefined => {
    const sinceMs = rangeMs === null ? null : atMs - rangeMs;
    return books.figures({ split: "ab", sinceMs })[0]?.requests;
  };
  const ranges = [minuteMs, 5 * minuteMs, hourMs, 24 * hourMs, 48 * hourMs, null];
  assert.deepEqual(ranges.map(since), [1, 2, 4, 5, 6, 6]);
});

test("RTE-4 arms are judged by the calls of the weights in force, in a window", async () => {
  const { books, record } = openSplits();
  const failed = { cause: "upstream_error" } as const;
  await record(
    endedCall({ arm: "a", phase: 1, endedWallMs: atMs }),
    endedCall({ arm: "a", phase: 2, endedWallMs: atMs - 10_000 }),
    endedCall({ arm: "a", phase: 2, endedWallMs: atMs, ...failed }),
    endedCall({ arm: "a", phase: 2, endedWallMs: atMs, cause: "client_closed" }),
    endedCall({ arm: "b", phase: 2, endedWallMs: atMs, ...failed }),
  );
  const counts = books.counts({ split: "ab", phase: 2, windowMs: 5_000, nowMs: atMs });
  assert.deepEqual(
    [...counts.window],
    [
      ["a", { answered: 0, failed: 1 }],
      ["b", { answered: 0, failed: 1 }],
    ],
  );
  assert.deepEqual(counts.phase.get("a"), { answered: 1, failed: 1 });
});

test("RTE-4 a call whose process died is one of its arm, and speaks against nobody", async () => {
  const { books, writer, settle } = openSplits();
  const arm = { split: "ab", arm: "a", phase: 3 };
  await settle(writer.commit([books.lost({ arm, timeMs: atMs, costNanoUsd: 9 })], "process"));
  const [a] = books.figures({ split: "ab", sinceMs: null });
  assert.deepEqual([a?.classes.lost, a?.requests, a?.costNanoUsd, a?.latency.count], [1, 1, 9n, 0]);
  const counts = books.counts({ split: "ab", phase: 3, windowMs: hourMs, nowMs: atMs });
  assert.equal(counts.phase.size, 0);
});

test("RTE-4 what is old is forgotten but for the totals", async () => {
  const { books, record, writer, settle, reader } = openSplits();
  for (const ageMs of [0, 3 * hourMs, 49 * hourMs, 63 * 24 * hourMs]) {
    await record(endedCall({ arm: "a", endedWallMs: atMs - ageMs }));
  }
  await settle(writer.commit(books.forgetOld(atMs), "process"));
  const countOf = (table: string): unknown =>
    reader.get(`SELECT count(*) AS count FROM ${table}`)?.["count"];
  assert.deepEqual(["arm_seconds", "arm_minutes", "arm_hours"].map(countOf), [1, 2, 3]);
  assert.equal(books.figures({ split: "ab", sinceMs: null })[0]?.requests, 4);
});

test("RTE-4 calls that are committed together come to the same as one by one", async () => {
  const [one, many] = [openSplits(), openSplits()];
  const calls = Array.from({ length: 60 }, (_, n) =>
    endedCall({
      arm: n % 3 === 0 ? "a" : "b",
      cause: n % 7 === 0 ? "upstream_error" : null,
      endedWallMs: atMs + n * 100,
      took: { latencyMs: 10 + n, firstTokenMs: n % 5 === 0 ? null : n },
    }),
  );
  await many.record(...calls);
  for (const call of calls) await one.record(call);
  const all = { split: "ab", sinceMs: null };
  assert.deepEqual(many.books.figures(all), one.books.figures(all));
  const phase = { split: "ab", phase: 0, windowMs: 60_000, nowMs: atMs + 10_000 };
  assert.deepEqual(many.books.counts(phase), one.books.counts(phase));
});
