import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeError } from "@sekisho/wire/chat/errors.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { failureCauses } from "./failure-causes.ts";

/** As the chat service answers a call that fails of this. */
function failed(code: Code): { readonly status: number; readonly detail: string } {
  const { status, body } = encodeError(code, "Cannot");
  return { status, ...(JSON.parse(body) as { readonly detail: string }) }; // what was encoded
}

test("failed calls are counted by their causes, the most frequent first", () => {
  const answers = [
    { status: 200, detail: null },
    failed("circuit_open"),
    failed("overloaded"),
    failed("overloaded"),
    failed("rate_limited"),
    { status: 0, detail: "fetch failed" },
  ];
  const found = failureCauses(answers);
  assert.equal(found, "overloaded 2, circuit_open 1, status 429 1, no answer 1");
  assert.equal(failureCauses([{ status: 200, detail: null }]), "");
});
