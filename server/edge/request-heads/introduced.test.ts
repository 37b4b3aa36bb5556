import assert from "node:assert/strict";
import { test } from "node:test";
import { introduced } from "./introduced.ts";

const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln";

/** What is proven of a request, in order. */
function provenOf(headers: Readonly<Record<string, string>>, query = "", hasIssuers = true) {
  const proven: string[] = [];
  const introduce = async (raw: string): Promise<void> => void proven.push(raw);
  const head = { query, header: (name: string) => headers[name] };
  const waiting = introduced(head, { hasIssuers, introduce });
  assert.equal(waiting === null, proven.length === 0);
  return proven;
}

const rows: readonly (readonly [where: string, headers: Record<string, string>, query?: string])[] =
  [
    ["a bearer", { authorization: `Bearer ${jwt}` }],
    ["a bearer, spelt otherwise", { authorization: `bearer  ${jwt} ` }],
    ["Anthropic's header", { "x-api-key": jwt }],
    ["Azure's header", { "api-key": jwt }],
    ["Google's header", { "x-goog-api-key": jwt }],
    ["the query of an EventSource", {}, `after=3&token=${jwt}`],
    ["Google's query", {}, `alt=sse&key=${jwt}`],
  ];

for (const [where, headers, query] of rows) {
  test(`SEC-2 a token is proven that comes in ${where}`, () => {
    assert.deepEqual(provenOf(headers, query), [jwt]);
  });
}

test("SEC-2 what is no token, and what comes where there are no issuers, is left alone", () => {
  assert.deepEqual(provenOf({ authorization: "Bearer sk_dev_1" }), []);
  assert.deepEqual(provenOf({ authorization: `Basic ${jwt}` }), []);
  assert.deepEqual(provenOf({ "x-api-key": `Bearer ${jwt}` }), []);
  assert.deepEqual(provenOf({}, "token=sk_dev_1"), []);
  assert.deepEqual(provenOf({ authorization: `Bearer ${jwt}` }, "", false), []);
});
