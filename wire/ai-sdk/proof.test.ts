import assert from "node:assert/strict";
import { test } from "node:test";
import { breaksAll, readProof, sealBytes, writeProof } from "./proof.ts";
import { testSeal } from "./seal-fixture.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64url");
const words = { anthropic: { signature: "s" } };

test("WIR-13 what was sealed is read again, and by nobody without the seal", () => {
  const proof = writeProof("call", words, testSeal("a")) ?? assert.fail("It was not sealed");
  assert.deepEqual(readProof(proof, testSeal("a")), { of: "call", words });
  assert.equal(readProof(proof, testSeal("b")), null);
  assert.equal(readProof(proof, breaksAll), null);
});

test("WIR-13 a proof that a client has made or changed is none", () => {
  const json = JSON.stringify({ of: "reasoning", words });
  const real = writeProof("reasoning", words, testSeal("a")) ?? "";
  const changed = Buffer.from(real, "base64url").toString("latin1").replace('"s"', '"t"');
  const forged = [
    "",
    base64("ai-sdk:"),
    base64(`ai-sdk:${json}`),
    base64(`ai-sdk:${"\0".repeat(sealBytes)}${json}`),
    Buffer.from(changed, "latin1").toString("base64url"),
  ];
  for (const proof of forged) assert.equal(readProof(proof, testSeal("a")), null, proof);
});

test("WIR-13 only signatures and encrypted reasoning go into a proof and out of it", () => {
  const said = {
    anthropic: { signature: "s", cacheControl: { type: "ephemeral", ttl: "1h" } },
    bedrock: { redactedData: "r", cachePoint: { type: "default" } },
    google: { thoughtSignature: "t", id: "x" },
    openai: { itemId: "rs_1", reasoningEncryptedContent: "e" },
    odd: { signature: { store: true } },
  };
  const kept = {
    anthropic: { signature: "s" },
    bedrock: { redactedData: "r" },
    google: { thoughtSignature: "t" },
    openai: { reasoningEncryptedContent: "e" },
  };
  const proof = writeProof("reasoning", said, testSeal("a")) ?? "";
  assert.deepEqual(readProof(proof, testSeal("a"))?.words, kept);
  // What an earlier version has sealed.
  const text = JSON.stringify({ of: "reasoning", words: said });
  const older = Buffer.concat([
    Buffer.from("ai-sdk:"),
    testSeal("a").sign(text),
    Buffer.from(text),
  ]).toString("base64url");
  assert.deepEqual(readProof(older, testSeal("a"))?.words, kept);
  assert.equal(writeProof("reasoning", { openai: { itemId: "rs_1" } }, testSeal("a")), null);
});
