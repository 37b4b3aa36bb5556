import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSavingsQuery } from "./savings.ts";

test("MON-17 a query of savings asks for a week and short calls, unless it says otherwise", () => {
  const usual = { tenant: null, range: "7d", to: null, inputTokens: 650, outputTokens: 256 };
  assert.deepEqual(parseSavingsQuery(""), { ok: true, value: usual });
  const said = parseSavingsQuery("tenant=acme&range=24h&to=fast&input=1&output=1000000");
  const value = { tenant: "acme", range: "24h", to: "fast", inputTokens: 1, outputTokens: 1e6 };
  assert.deepEqual(said, { ok: true, value });
});

const refused: readonly (readonly [query: string, param: string])[] = [
  ["range=5h", "range"],
  ["range=constructor", "range"],
  ["input=0", "input"],
  ["input=", "input"],
  ["input=-1", "input"],
  ["input=1e3", "input"],
  ["output=1.5", "output"],
  ["output=1000001", "output"],
  ["output=99999999999999999999", "output"],
  ["to=", "to"],
  ["tenant=", "tenant"],
  ["tenants=acme", "tenants"],
  ["to=fast&to=slow", "to"],
];
for (const [query, param] of refused) {
  test(`MON-17 a query of savings with ${query} is refused`, () => {
    const parsed = parseSavingsQuery(query);
    assert.equal(parsed.ok ? null : parsed.path, param);
  });
}
