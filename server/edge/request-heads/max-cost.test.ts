import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { maxNanoUsdOf } from "./max-cost.ts";

const of = (text: string | undefined): number | null =>
  // Of a head nothing else is asked.
  maxNanoUsdOf({ header: () => text } as unknown as RequestHead);

test("REF-11 a request's own money ceiling is exact to the nano-USD", () => {
  assert.equal(of(undefined), null);
  assert.equal(of("0"), 0);
  assert.equal(of("0.000000001"), 1);
  assert.equal(of("0.05"), 50_000_000);
  assert.equal(of("12"), 12_000_000_000);
  assert.equal(of("9000000"), 9_000_000_000_000_000);
});

const refused = [
  "",
  "-1",
  ".5",
  "5.",
  "1e3",
  "0.0000000001",
  "9000000.000000001",
  "0.1, 0.2",
  "1 ",
];
for (const text of [...refused, "NaN", "Infinity", "0x10", "１", "99999999"]) {
  test(`REF-11 a money ceiling of ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => of(text), { code: "invalid_value" });
  });
}
