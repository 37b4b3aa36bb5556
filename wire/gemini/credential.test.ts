import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readCredential } from "./credential.ts";

type Headers = Readonly<Record<string, string>>;

const read = (headers: Headers, query = "") => readCredential((name) => headers[name], query);

const good: readonly (readonly [what: string, headers: Headers, query: string])[] = [
  ["the header of Google's SDK", { "x-goog-api-key": "k1" }, ""],
  ["the query", {}, "alt=sse&key=k1"],
  ["a bearer token", { authorization: "Bearer k1" }, ""],
  ["the same key everywhere", { "x-goog-api-key": "k1", authorization: "bearer k1" }, "key=k1"],
];

const bad: readonly (readonly [code: string, headers: Headers, query: string])[] = [
  ["missing_credential", {}, "alt=sse"],
  ["missing_credential", { "x-api-key": "k1" }, ""],
  ["conflicting_credentials", { "x-goog-api-key": "k1" }, "key=k2"],
  ["conflicting_credentials", {}, "key=k1&key=k2"],
  ["conflicting_credentials", { "x-goog-api-key": "k1, k2" }, ""],
  ["conflicting_credentials", { "x-goog-api-key": "k1", "x-api-key": "k2" }, ""],
  ["conflicting_credentials", { "x-goog-api-key": "k1", authorization: "Bearer k2" }, ""],
  ["invalid_credential", { authorization: "Basic abc" }, ""],
  ["invalid_credential", {}, "key=a%20b"],
];

describe("SEC-5 the key of a request", () => {
  for (const [what, headers, query] of good) {
    test(what, () => assert.deepEqual(read(headers, query), { ok: true, value: "k1" }));
  }
  for (const [code, headers, query] of bad) {
    test(`${code}: ${JSON.stringify(headers)} ${query}`, () => {
      const refused = read(headers, query);
      assert.equal(refused.ok ? null : refused.code, code);
    });
  }
});
