import assert from "node:assert/strict";
import { test } from "node:test";
import { idleLines, manyLines, oddEnds } from "./streams-report.ts";

const result = {
  errors: 0,
  firstError: "",
  most: 100,
  ends: { "62 events": 50, "seq 61": 50 },
  openedMs: 1_000,
  openedMb: 150,
  peakMb: 204,
  files: 160,
  coreShare: 0.25,
  writtenBytes: 2 ** 20,
};

test("PRF-5 a stream that does not end as the others of its kind is an error", () => {
  assert.equal(oddEnds(result.ends), 0);
  const ends = { "62 events": 47, "63 events": 1, "61 events": 2, "seq 61": 49, "seq 7": 1 };
  assert.equal(oddEnds(ends), 3);
  const lines = manyLines({ ...result, ends, streams: 100, beforeMb: 100, keptBytes: 0 });
  assert.match(lines.join("\n"), /MISSED: 3 errors/);
  const few = manyLines({ ...result, streams: 120, beforeMb: 100, keptBytes: 0 });
  assert.match(few.join("\n"), /MISSED: 20 errors/);
});

test("PRF-6 memory counts per 10,000 sessions, over what there was before", () => {
  const lines = idleLines({ ...result, sessions: 5_000, beforeMb: 100 }).join("\n");
  assert.match(lines, /MISSED: 100 MB per 10,000 once they are open/);
  assert.match(lines, /208 MB per 10,000 at the peak/);
});
