import assert from "node:assert/strict";
import { test } from "node:test";
import { readProof, writeProof } from "@sekisho/wire/ai-sdk/proof.ts";
import { PepperSeal } from "./pepper-seal.ts";
import { Pepper } from "./pepper.ts";

const secret = (byte: number): Buffer => Buffer.alloc(32, byte);
const pepperOf = (byte: number): Pepper => new Pepper(1, new Map([[1, secret(byte)]]));
const words = { anthropic: { signature: "s" } };
const sealed = (seal: PepperSeal): string =>
  writeProof("reasoning", words, seal) ?? assert.fail("It was not sealed");

test("WIR-13 a proof holds in every process with the same pepper, and for its provider", () => {
  const proof = sealed(new PepperSeal(pepperOf(1), "mine"));
  assert.deepEqual(readProof(proof, new PepperSeal(pepperOf(1), "mine")), {
    of: "reasoning",
    words,
  });
  assert.equal(readProof(proof, new PepperSeal(pepperOf(1), "other")), null);
  assert.equal(readProof(proof, new PepperSeal(pepperOf(2), "mine")), null);
});

test("WIR-13 a proof outlasts the pepper's next version, as long as the old one is there", () => {
  const proof = sealed(new PepperSeal(pepperOf(1), "mine"));
  const both = new Map([
    [1, secret(1)],
    [2, secret(2)],
  ]);
  assert.ok(readProof(proof, new PepperSeal(new Pepper(2, both), "mine")));
  const newest = sealed(new PepperSeal(new Pepper(2, both), "mine"));
  assert.notEqual(newest, proof);
  assert.equal(readProof(newest, new PepperSeal(pepperOf(1), "mine")), null);
});
