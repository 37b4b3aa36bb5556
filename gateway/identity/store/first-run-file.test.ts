import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { JsonFirstRunFile } from "./first-run-file.ts";

const makeFile = (t: TestContext) => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "first-run.json");
  return { folder, path, file: new JsonFirstRunFile(path) };
};

test("SEC-11 keys come back as written, from a file that only its owner reads", (t) => {
  const { folder, path, file } = makeFile(t);
  assert.equal(file.read(), null);
  const keys = { demoKey: "sk_dev_x", adminKey: "ska_dev_y" };
  file.write(keys);
  assert.deepEqual(file.read(), keys);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  file.write({ demoKey: null, adminKey: "ska_dev_y" });
  assert.deepEqual(file.read(), { demoKey: null, adminKey: "ska_dev_y" });
  file.remove();
  file.remove();
  assert.equal(file.read(), null);
  assert.deepEqual(readdirSync(folder), []);
});

test("an operator's empty object reads as no keys", (t) => {
  const { path, file } = makeFile(t);
  for (const text of ["{}", "[]", '{"demoKey": 5}', "7"]) {
    writeFileSync(path, text);
    assert.deepEqual(file.read(), { demoKey: null, adminKey: null });
  }
});

test("SEC-9 a broken file is named and not quoted", (t) => {
  const { path, file } = makeFile(t);
  writeFileSync(path, '{"adminKey": "ska_dev_canary');
  assert.throws(
    () => file.read(),
    (error) => error instanceof Error && !String(error.stack).includes("canary"),
  );
});
