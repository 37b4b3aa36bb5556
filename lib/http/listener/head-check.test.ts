import assert from "node:assert/strict";
import { test } from "node:test";
import type { ParsedHead } from "../exchange/wire-head.ts";
import { defaultHttpLimits } from "../limits.ts";
import { findRefusal } from "./head-check.ts";

// What the parsers of node refuse before us; a parser of another version might not.
const head: ParsedHead = {
  method: "GET",
  target: "/",
  protocol: "h1",
  version: "1.1",
  remoteAddress: "127.0.0.1",
  connection: 1,
  headers: ["Host", "a"],
};

const refused: readonly (readonly [title: string, change: Partial<ParsedHead>])[] = [
  ["an empty target", { target: "" }],
  ["a space in the path", { target: "/a b" }],
  ["a line break in the path", { target: "/a\r\nb" }],
  ["a character above ASCII in the path", { target: "/é" }],
  ["a character above ASCII in the query", { target: "/?é" }],
  ["half an escape", { target: "/%4" }],
  ["a coding that is not chunked", { headers: ["host", "a", "transfer-encoding", "gzip"] }],
  ["a coding on HTTP/1.0", { version: "1.0", headers: ["transfer-encoding", "chunked"] }],
];

for (const [title, change] of refused) {
  test(`SEC-5 refused: ${title}`, () => {
    assert.equal(findRefusal({ ...head, ...change }, defaultHttpLimits)?.code, "bad_request");
  });
}

test("a head in order is not refused", () => {
  assert.equal(findRefusal(head, defaultHttpLimits), null);
  const named = { ...head, target: "/model/a%2Fb%3a0?x=%00%" };
  assert.equal(findRefusal(named, defaultHttpLimits), null);
});

test("HTTP/2 may say its authority twice, if it says the same", () => {
  const h2: ParsedHead = { ...head, protocol: "h2", version: "2.0" };
  const same = { ...h2, headers: [":authority", "a", "host", "a"] };
  const other = { ...h2, headers: [":authority", "a", "host", "b"] };
  const neither = { ...h2, headers: [":path", "/"] };
  assert.equal(findRefusal(same, defaultHttpLimits), null);
  assert.equal(findRefusal(other, defaultHttpLimits)?.code, "bad_request");
  assert.equal(findRefusal(neither, defaultHttpLimits)?.code, "bad_request");
});
