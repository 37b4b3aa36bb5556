import assert from "node:assert/strict";
import { test } from "node:test";

import { readCredential } from "./credential.ts";

type Headers = Readonly<Record<string, string>>;

const table: readonly (readonly [headers: Headers, outcome: string])[] = [
  [{ "x-api-key": "sk_1" }, "sk_1"],
  [{ "x-api-key": " sk_1 " }, "sk_1"],
  [{ authorization: "Bearer sk_1" }, "sk_1"],
  [{ authorization: "bearer   sk_1" }, "sk_1"],
  [{ authorization: "Bearer eyJ.a-b_c.d~+/==" }, "eyJ.a-b_c.d~+/=="],
  [{ authorization: "Bearer sk_1", "x-api-key": "sk_1" }, "sk_1"],
  [{ authorization: "", "x-api-key": "sk_1" }, "sk_1"],
  [{ "x-api-key": "sk_1", "api-key": "sk_1", "x-goog-api-key": "" }, "sk_1"],
  [{}, "missing_credential"],
  [{ authorization: " ", "x-api-key": "" }, "missing_credential"],
  [{ "api-key": "sk_1" }, "missing_credential"],
  [{ authorization: "Bearer" }, "invalid_credential"],
  [{ authorization: "sk_1" }, "invalid_credential"],
  [{ authorization: "Basic dXNlcjpwYXNz" }, "invalid_credential"],
  [{ "x-api-key": "sk_é" }, "invalid_credential"],
  [{ "x-api-key": "sk 1" }, "invalid_credential"],
  [{ "x-api-key": "x".repeat(4097) }, "invalid_credential"],
  [{ "x-api-key": "sk_1", authorization: "Basic dXNlcjpwYXNz" }, "invalid_credential"],
  [{ "x-api-key": "a, b" }, "conflicting_credentials"],
  [{ authorization: "Bearer a, Bearer b" }, "conflicting_credentials"],
  [{ authorization: "Bearer a", "x-api-key": "b" }, "conflicting_credentials"],
  [{ "x-api-key": "a", "api-key": "b" }, "conflicting_credentials"],
  [{ authorization: "Bearer a", "x-goog-api-key": "b" }, "conflicting_credentials"],
];

for (const [headers, outcome] of table) {
  test(`SEC-5 ${JSON.stringify(headers).slice(0, 80)}: ${outcome}`, () => {
    const read = readCredential((name) => headers[name]);
    assert.equal(read.ok ? read.value : read.code, outcome);
    if (!read.ok) assert.doesNotMatch(read.message, /sk_|dXNl/);
  });
}
