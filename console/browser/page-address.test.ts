import assert from "node:assert/strict";
import { test } from "node:test";
import {
  callPath,
  callsPath,
  landingAt,
  overviewPath,
  pageAt,
  type PageAddress,
} from "./page-address.ts";

const meant: readonly (readonly [address: string, page: PageAddress])[] = [
  ["/console/", { page: "overview" }],
  ["/console/callsign", { page: "overview" }],
  ["/console/calls", { page: "calls", tag: null }],
  ["/console/calls/", { page: "calls", tag: null }],
  ["/console/calls?tag=", { page: "calls", tag: null }],
  ["/console/calls?tag=a%3Ab", { page: "calls", tag: "a:b" }],
  ["/console/calls?tag=a?b", { page: "calls", tag: "a?b" }],
  ["/console/calls/req_1?x=1", { page: "call", asked: "req_1" }],
  ["/console/calls/rsp_1:1:42", { page: "call", asked: "rsp_1:1:42" }],
  ["/console/calls/a%2Fb", { page: "call", asked: "a/b" }],
  ["/console/calls/%E3%81", { page: "call", asked: "%E3%81" }],
];

for (const [address, page] of meant) {
  test(`${address} is ${JSON.stringify(page)}`, () => assert.deepEqual(pageAt(address), page));
}

test("what is written leads to where it says", () => {
  assert.deepEqual(pageAt(overviewPath), { page: "overview" });
  assert.deepEqual(pageAt(callsPath()), { page: "calls", tag: null });
  assert.deepEqual(pageAt(callsPath("a&b=c")), { page: "calls", tag: "a&b=c" });
  assert.deepEqual(pageAt(callPath("rsp_1:1:42")), { page: "call", asked: "rsp_1:1:42" });
});

test("SEC-17 who may not see the overview begins with the calls, at no other address", () => {
  assert.equal(landingAt(overviewPath, ["ledger.read"]), callsPath());
  assert.equal(landingAt(overviewPath, ["ledger.read", "live.read"]), overviewPath);
  assert.equal(landingAt(overviewPath, []), overviewPath);
  assert.equal(landingAt(callPath("req_1"), ["ledger.read"]), callPath("req_1"));
});
