import assert from "node:assert/strict";
import { test } from "node:test";
import { closeReason } from "./close-reason.ts";

/** It throws for half a character. */
const read = (reason: string): string =>
  new TextDecoder("utf-8", { fatal: true }).decode(closeReason(reason));

const rows: readonly (readonly [what: string, reason: string, carried: string])[] = [
  ["nothing", "", ""],
  ["a short one", "session is 他人の", "session is 他人の"],
  ["123 bytes of ASCII", "a".repeat(123), "a".repeat(123)],
  ["a byte too many", "a".repeat(124), "a".repeat(123)],
  ["41 characters of 3 bytes", "予".repeat(41), "予".repeat(41)],
  ["120 of them, 360 bytes", "予".repeat(120), "予".repeat(41)],
  ["a limit within one", `a${"予".repeat(41)}`, `a${"予".repeat(40)}`],
  ["a limit within a pair of surrogates", "😀".repeat(31), "😀".repeat(30)],
  ["half of a pair", "a\uD83D", "a\uFFFD"],
];

for (const [what, reason, carried] of rows) {
  test(`a close frame carries 123 bytes of a reason, whole characters: ${what}`, () => {
    assert.equal(read(reason), carried);
    assert.ok(closeReason(reason).byteLength <= 123);
  });
}
