import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { openPepper } from "./pepper-file.ts";

const makePath = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "pepper.json");
};

const create = { mayCreate: true };

test("SEC-1 the first start makes a pepper for its owner alone, later ones read it", (t) => {
  const path = makePath(t);
  const made = openPepper(path, new SeededRandom(1), create);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, "..")), ["pepper.json"]);
  const read = openPepper(path, new SeededRandom(2), { mayCreate: false });
  assert.deepEqual(read.hash("k"), made.hash("k"));
});

test("what a crash left aside does not disturb the next start", (t) => {
  const path = makePath(t);
  writeFileSync(`${path}.${process.pid}.tmp`, "half", { mode: 0o644 });
  openPepper(path, new SeededRandom(1), create);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a pepper that stored keys need is not made anew when its file is gone", (t) => {
  const open = () => openPepper(makePath(t), new SeededRandom(1), { mayCreate: false });
  assert.throws(open, /stored keys need it: restore it from the backup/);
});

test("an older version stays readable beside the current one", (t) => {
  const path = makePath(t);
  const first = openPepper(path, new SeededRandom(1), create);
  const { peppers } = JSON.parse(readFileSync(path, "utf8"));
  const second = Buffer.alloc(32, 2).toString("base64url");
  writeFileSync(path, JSON.stringify({ current: 2, peppers: { ...peppers, 2: second } }));
  const both = openPepper(path, new SeededRandom(1), create);
  assert.equal(both.current, 2);
  assert.deepEqual(both.hash("k", 1), first.hash("k"));
});

const broken: readonly (readonly [name: string, text: string])[] = [
  ["empty", ""],
  ["cut", '{"current": 1, "peppers": {"1": "canary'],
  ["null", "null"],
  ["without peppers", '{"current": 1}'],
  ["with a number for a secret", '{"current": 1, "peppers": {"1": 5}}'],
  ["with a short secret", '{"current": 1, "peppers": {"1": "Y2FuYXJ5"}}'],
  ["without its current version", '{"current": 2, "peppers": {}}'],
];

for (const [name, text] of broken) {
  test(`SEC-9 a pepper file that is ${name} fails the start without being quoted`, (t) => {
    const path = makePath(t);
    writeFileSync(path, text);
    assert.throws(
      () => openPepper(path, new SeededRandom(1), create),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^Cannot (open the|use) pepper/);
        assert.ok(!/canary|Y2FuYXJ5/.test(String(error.stack)));
        return true;
      },
    );
  });
}
