import assert from "node:assert/strict";
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { TemporaryFolder } from "../testing/temporary-folder.ts";
import type { Write } from "../writer.ts";
import { AheadFiles, readAheadFiles, removeSeizedFiles, seizeAheadFiles } from "./ahead-files.ts";

const write = (n: number): Write => ({ sql: "INSERT INTO rows VALUES (?)", params: [n] });

const name = "one";

const open = (path: string, fileBytes?: number): AheadFiles =>
  new AheadFiles({
    path,
    name,
    isShared: true,
    step: () => {},
    ...(fileBytes === undefined ? {} : { fileBytes }),
  });

const placesIn = (path: string): number[] =>
  readAheadFiles(path, name)
    .map(({ place }) => place)
    .sort((a, b) => a - b);

test("MON-10 what was appended is there for the next process, with its place", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  assert.deepEqual(readAheadFiles(path, name), []);
  const files = open(path);
  assert.deepEqual([files.append([write(1), write(2)]), files.append([write(3)])], [1, 2]);
  assert.deepEqual(readAheadFiles(path, name), [
    { place: 1, writes: [write(1), write(2)] },
    { place: 2, writes: [write(3)] },
  ]);
  files[Symbol.dispose]();
  assert.deepEqual(placesIn(path), [1, 2], "the database has none of it");
});

test("the files are gone at the end when the database has all of them", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  const files = open(path);
  files.applied(files.append([write(1)]) ?? 0);
  files[Symbol.dispose]();
  assert.deepEqual(
    [existsSync(`${path}-ahead-one-0`), existsSync(`${path}-ahead-one-1`)],
    [false, false],
  );
});

test("MON-10 a file is written anew only when the database has what is in it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  // Each holds two blocks of this size.
  using files = open(path, 130);
  const places = [1, 2, 3, 4, 5].map((n) => files.append([write(n)]));
  assert.deepEqual(places, [1, 2, 3, 4, null], "both are full");
  files.applied(1);
  assert.equal(files.append([write(5)]), null, "block 2 is in the first one");
  files.applied(2);
  assert.equal(files.append([write(5)]), 5);
  assert.deepEqual(placesIn(path), [3, 4, 5]);
  assert.equal(files.append([write(6)]), 6);
  assert.equal(files.append([write(7)]), null);
  files.applied(6);
  assert.equal(files.append([write(7)]), 7);
});

test("a block that fits no file, and one that the disk has no room for, are not kept", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using files = open(path, 64);
  assert.equal(files.append([{ sql: "X", params: ["x".repeat(100)] }]), null);
  assert.equal(files.append([write(1)]), 1);
  const full = folder.file("full.db");
  for (const n of [0, 1]) symlinkSync("/dev/full", `${full}-ahead-one-${n}`);
  const refusing = open(full);
  assert.equal(refusing.append([write(1)]), null);
  assert.equal(refusing.append([write(1)]), null);
});

test("MON-10 a log that was seized keeps nothing more, and is read as often as it takes", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using files = open(path);
  assert.equal(files.append([write(1)]), 1);
  const blocks = [{ place: 1, writes: [write(1)] }];
  assert.deepEqual(seizeAheadFiles(path, name), blocks);
  assert.equal(files.append([write(2)]), null, "nobody would read it");
  assert.deepEqual(seizeAheadFiles(path, name), blocks, "whoever did so has died");
  removeSeizedFiles(path, name);
  assert.equal(files.append([write(3)]), null);
  assert.deepEqual([seizeAheadFiles(path, name), readdirSync(folder.path)], [[], []]);
});

test("a log of another name is untouched", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  using files = open(path);
  files.append([write(1)]);
  assert.deepEqual(seizeAheadFiles(path, "other"), []);
  assert.equal(files.append([write(2)]), 2);
});
