import assert from "node:assert/strict";
import { test } from "node:test";
import { neighbourhoodOf } from "./neighbourhood.ts";

const rows: readonly (readonly [address: string, one: string])[] = [
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["", ""],
];

for (const [address, one] of rows) {
  test(`SEC-4 ${address || "nobody"} counts as ${one || "nobody"}`, () => {
    assert.equal(neighbourhoodOf(address), one);
  });
}
