import assert from "node:assert/strict";
import { test } from "node:test";
import { RememberedOrigins } from "./remembered-origins.ts";

test("WIR-13 a signature's origin is known by the signature alone", () => {
  const origins = new RememberedOrigins(10);
  origins.remember("one", "anthropic");
  origins.remember("two", "bedrock");
  assert.equal(origins.signerOf("one"), "anthropic");
  assert.equal(origins.signerOf("two"), "bedrock");
  assert.equal(origins.signerOf("three"), null);
});

test("WIR-13 who signed last is who signed", () => {
  const origins = new RememberedOrigins(10);
  origins.remember("one", "anthropic");
  origins.remember("one", "bedrock");
  assert.equal(origins.signerOf("one"), "bedrock");
  assert.equal(origins.size, 1);
});

test("WIR-13 of more than the limit the one goes that was unused the longest", () => {
  const origins = new RememberedOrigins(3);
  for (const proof of ["a", "b", "c"]) origins.remember(proof, "anthropic");
  assert.equal(origins.signerOf("a"), "anthropic");
  origins.remember("c", "anthropic");
  origins.remember("d", "bedrock");
  assert.equal(origins.size, 3);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((proof) => origins.signerOf(proof)),
    ["anthropic", null, "anthropic", "bedrock"],
  );
});

test("WIR-13 signatures that share a beginning are told apart", () => {
  const origins = new RememberedOrigins(10);
  const long = "x".repeat(5_000);
  origins.remember(`${long}1`, "anthropic");
  assert.equal(origins.signerOf(`${long}2`), null);
});
