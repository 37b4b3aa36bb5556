import assert from "node:assert/strict";
import { test } from "node:test";

import { recorded } from "./answer-fixture.ts";
import { decodeTokenCount, encodeTokenCount } from "./count-tokens.ts";

test("a count is written and read", () => {
  const counted = decodeTokenCount(Buffer.from(encodeTokenCount(2095)));
  assert.deepEqual(counted, { ok: true, value: 2095 });
});

test("RTE-7 what is no count is a fault", () => {
  const codeOf = (bytes: Buffer): string => {
    const counted = decodeTokenCount(bytes);
    return counted.ok ? "" : counted.fault.code;
  };
  assert.equal(codeOf(recorded("answer-error-with-status-200.json")), "upstream_unavailable");
  for (const text of ["", "{}", '{"input_tokens":-1}', '{"input_tokens":"5"}', "[5]", "<html>"]) {
    assert.equal(codeOf(Buffer.from(text)), "upstream_malformed");
  }
});
