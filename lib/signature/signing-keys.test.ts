import assert from "node:assert/strict";
import { test } from "node:test";

import { SigningKeys } from "./signing-keys.ts";
import { deriveSigningKey } from "./sigv4.ts";

const scope = { date: "20150830", region: "us-east-1", service: "iam" };
const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

test("the key of the documentation's example", () => {
  assert.equal(
    deriveSigningKey(secret, scope).toString("hex"),
    "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
  );
});

test("a key is derived once for each secret and scope", () => {
  const keys = new SigningKeys();
  assert.equal(keys.keyFor(secret, scope), keys.keyFor(secret, { ...scope }));
  const others = [
    keys.keyFor(`${secret}x`, scope),
    keys.keyFor(secret, { ...scope, date: "20150831" }),
    keys.keyFor(secret, { ...scope, region: "eu-west-1" }),
    keys.keyFor(secret, { ...scope, service: "s3" }),
  ];
  assert.equal(new Set(others.map((key) => key.hex("text"))).size, 4);
  assert.equal(keys.size, 5);
});

test("no more than so many are kept", () => {
  const keys = new SigningKeys(3);
  const first = keys.keyFor("0", scope);
  for (let index = 1; index < 10; index += 1) keys.keyFor(String(index), scope);
  assert.equal(keys.size, 3);
  assert.notEqual(keys.keyFor("0", scope), first);
  assert.equal(keys.keyFor("0", scope).hex("text"), first.hex("text"));
});
