import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { attributionOf } from "./attribution.ts";

const headOf = (users: readonly string[]): RequestHead => ({
  method: "POST",
  path: "/",
  query: "",
  protocol: "h1",
  remoteAddress: "::1",
  clientAddress: "::1",
  connection: 1,
  header: (name) => (name === "x-sekisho-user" ? users.join(", ") : undefined),
  headerNames: () => ["host", ...users.map(() => "x-sekisho-user")],
});

test("WIR-12 an id in two headers is refused as that, not as one that is no id", () => {
  assert.equal(attributionOf(headOf(["anna"])).user, "anna");
  const twice = /^Failure: Cannot read header x-sekisho-user: it stands twice$/;
  assert.throws(() => attributionOf(headOf(["anna", "bert"])), twice);
  const noId = /Cannot read header x-sekisho-user: it is not 1 to 128 visible ASCII characters$/;
  for (const text of ["", "anna, bert"]) assert.throws(() => attributionOf(headOf([text])), noId);
});
