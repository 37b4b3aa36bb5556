import assert from "node:assert/strict";
import { test } from "node:test";
import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptInput, AttemptSink } from "../provider.ts";
import type { MeasuredUsage } from "../usage.ts";
import { malformed } from "./_faults.ts";
import { nothingMeasured } from "./_measure.ts";
import { WholeAnswer } from "./whole-answer.ts";

const brokenOff = (bytes: number): MeasuredUsage => ({
  usage: { ...noUsage, output: bytes },
  source: "estimated",
});

/** An answer that is read as none, whatever it is. */
function answer({ limitBytes = 1_000 } = {}): WholeAnswer {
  return new WholeAnswer(() => malformed("it is none", nothingMeasured), {
    // Neither is looked at here.
    input: {} as unknown as AttemptInput,
    sink: {} as unknown as AttemptSink,
    limitBytes,
    brokenOff,
  });
}

test("MON-16 before its head nothing is known to have been made", () => {
  assert.equal(answer().measured, nothingMeasured);
});

const heads: readonly (readonly [headers: UpstreamHeaders, got: number, counted: number])[] = [
  [{ "content-length": "400" }, 0, 400],
  [{ "content-length": "400" }, 90, 400],
  [{}, 90, 90],
  [{}, 0, 0],
  [{ "content-length": "none" }, 90, 90],
  [{ "content-length": "5" }, 90, 90],
];

for (const [headers, got, counted] of heads) {
  test(`MON-16 ${got} bytes behind ${JSON.stringify(headers)} count as ${counted}`, () => {
    const reader = answer();
    reader.head(headers);
    reader.bytes(Buffer.alloc(got, "a"));
    assert.deepEqual(reader.measured, brokenOff(counted));
  });
}

const bodies: readonly (readonly [what: string, body: string, isBilled: boolean])[] = [
  ["nothing", "", false],
  ["a page", "<html>", false],
  ["an error", '{"error":{"message":"no"}}', false],
  ["an empty object", " {}", false],
  ["half an answer", '\r\n {"choices":[{"mess', true],
  ["an answer with more behind it", '{"choices":[]}and more', true],
];

for (const [what, body, isBilled] of bodies) {
  test(`MON-16 ${what} as a whole body is ${isBilled ? "" : "not "}billed`, () => {
    const reader = answer();
    reader.head({});
    reader.bytes(Buffer.from(body));
    const expected = isBilled ? brokenOff(Buffer.byteLength(body)) : nothingMeasured;
    assert.deepEqual(reader.end().measured, expected);
  });
}

test("MON-16 an answer beyond the limit was made too", () => {
  const reader = answer({ limitBytes: 10 });
  reader.head({});
  const outcome = reader.bytes(Buffer.alloc(11, "a"));
  assert.ok(outcome?.kind === "failed");
  assert.deepEqual(outcome.measured, brokenOff(11));
});
