import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { isKeyless, isLocalCaller } from "./local-caller.ts";

type Headers = Readonly<Record<string, string>>;

/** No more of a head is read here. */
const headOf = (headers: Headers, remoteAddress = "127.0.0.1"): RequestHead =>
  ({ remoteAddress, header: (name: string) => headers[name] }) as unknown as RequestHead;

const host = "127.0.0.1:8080";

const callers: readonly (readonly [what: string, isLocal: boolean, Headers, address?: string])[] = [
  ["curl", true, { host }],
  ["curl over IPv6", true, { host: "[::1]:8080" }, "::1"],
  ["curl on a socket for both", true, { host: "localhost:8080" }, "::ffff:127.0.0.1"],
  ["a client of HTTP/2", true, { ":authority": host }],
  ["a page that we serve", true, { host, origin: "http://localhost:8080" }],
  ["another machine", false, { host: "10.0.0.5:8080" }, "10.0.0.9"],
  ["another machine that names us", false, { host }, "10.0.0.9"],
  ["an address that only begins like ours", false, { host }, "127.0.0.1.example"],
  ["a proxy on this machine", false, { host, "x-forwarded-for": "10.0.0.9" }],
  ["a proxy that says so as the RFC does", false, { host, forwarded: "for=10.0.0.9" }],
  ["a page of another site", false, { host, origin: "https://evil.example" }],
  ["a page without an origin to tell", false, { host, origin: "null" }],
  ["a page's image", false, { host, "sec-fetch-site": "cross-site" }],
  ["a name that resolves to us", false, { host: "evil.example:8080" }],
  ["a name that only begins like ours", false, { host: "127.0.0.1.evil.example" }],
  ["nobody's host", false, {}],
];

for (const [what, isLocal, headers, address] of callers) {
  test(`REF-9 ${what} ${isLocal ? "needs no" : "needs a"} key`, () => {
    assert.equal(isLocalCaller(headOf(headers, address)), isLocal);
  });
}

test("REF-9 who shows a credential is known by it", () => {
  const shown = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];
  for (const name of shown) assert.equal(isKeyless(headOf({ host, [name]: "" })), false, name);
  assert.equal(isKeyless(headOf({ host })), true);
});
