import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, parseText, sentences } from "./text-fixture.ts";

const withKey = (secret: string, env = "dev") =>
  `env: ${env}\ntenants: { t: { keys: [{ id: k, secret: ${JSON.stringify(secret)} }] } }`;
const name = "tenants.t.keys[0].secret";

const world = {
  variables: { KEY: "from-variable", EMPTY: "", BLANK: "two words" },
  files: { "keys/a": "from-file\r\n", "keys/empty": "\n", "keys/huge": "x".repeat(5000) },
};

test("OPS-3 secrets are read from variables, files and, in dev, from the file itself", () => {
  const rows = [
    ["env:KEY", "from-variable"],
    ["file:keys/a", "from-file"],
    ["${KEY}", "from-variable"],
    ["plain-secret", "plain-secret"],
  ] as const;
  for (const [text, expected] of rows) {
    const { config } = loaded(withKey(text), world);
    assert.equal(config.tenants["t"]?.keys[0]?.secret.reveal(), expected, text);
  }
});

test("a secret in plain text is warned about in dev and refused elsewhere", () => {
  const said = `${name} is a secret in plain text; use env:NAME or file:path`;
  const dev = parseText(withKey("plain-secret"), world);
  assert.deepEqual(dev.ok && dev.warnings, [
    { path: name, file: "sekisho.yaml", line: 2, sentence: said },
  ]);
  assert.deepEqual(sentences(withKey("plain-secret", "staging"), world), [said]);
  assert.deepEqual(sentences(withKey("plain-secret", "prod"), world), [said]);
  for (const text of ["env:KEY", "file:keys/a", "${KEY}"]) {
    const outcome = parseText(withKey(text, "prod"), world);
    assert.deepEqual(outcome.ok && outcome.warnings, [], text);
  }
});

test("a reference that leads nowhere says so by name", () => {
  const lacks = "which this version does not have";
  const unsafe = "has blanks or characters outside printable ASCII";
  const rows: readonly [string, string][] = [
    ["env:NONE", "names the variable NONE, which is not set"],
    ["env:EMPTY", "names the variable EMPTY, which is not set"],
    ["env:", "names no variable after env:"],
    ["env:A-B", "names no variable after env:"],
    ["env:BLANK", `cannot be sent in a header: the variable BLANK ${unsafe}`],
    ["file:nowhere", "names the file nowhere, which cannot be read: ENOENT"],
    ["file:", "names no file after file:"],
    ["file:keys/empty", "is empty: the file keys/empty holds nothing"],
    ["file:keys/huge", "is too long: the file keys/huge has 5000 characters, the limit is 4096"],
    ["aws-secret:shop#key", `asks for secrets from AWS Secrets Manager, ${lacks}`],
    ["aws-ssm:/sekisho/dev/key", `asks for secrets from AWS Systems Manager, ${lacks}`],
    ["two words", `cannot be sent in a header: the secret ${unsafe}`],
    ["schlüssel", `cannot be sent in a header: the secret ${unsafe}`],
  ];
  for (const [text, message] of rows) {
    assert.deepEqual(sentences(withKey(text), world), [`${name} ${message}`], text);
  }
});
