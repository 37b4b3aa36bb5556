import assert from "node:assert/strict";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "./secret.ts";

const canary = "sk-canary-7f3a";
const secret = new Secret(canary);

test("SEC-9 every form of a secret is its fingerprint", () => {
  const expected = /^secret:sha256:[0-9a-f]{8}$/;
  assert.match(String(secret), expected);
  // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake under test
  assert.match(`${secret}`, expected);
  assert.match(JSON.parse(JSON.stringify(secret)) as string, expected);
  assert.match(inspect(secret), expected);
  assert.equal(new Secret(canary).toString(), secret.toString());
  assert.notEqual(new Secret("other").toString(), secret.toString());
});

test("SEC-9 no way of writing a secret writes it", () => {
  const holder = { a: [secret], m: new Map([["k", secret]]) };
  // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake under test
  const error = new Error(`Cannot call with ${secret}`, { cause: holder });
  const forms = [
    inspect(holder, { depth: null, showHidden: true, customInspect: false }),
    inspect(holder, { depth: null }),
    format("%s %o %O %j", secret, secret, secret, secret),
    JSON.stringify(holder),
    // oxlint-disable-next-line typescript/no-misused-spread -- the mistake under test
    JSON.stringify({ ...secret }),
    JSON.stringify(structuredClone(secret)),
    inspect(error),
    Object.entries(secret).join(),
    String(error.stack),
  ];
  for (const form of forms) assert.ok(!form.includes(canary), form);
});

test("reveal gives the secret itself", () => {
  assert.equal(secret.reveal(), canary);
});
