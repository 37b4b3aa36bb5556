import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { test } from "node:test";
import { AheadFiles, readAheadFiles } from "./ahead-files.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";
import type { Write } from "./writer.ts";

const write = (n: number): Write => ({ sql: "INSERT INTO rows VALUES (?)", params: [n] });

const open = (path: string, place: number, fileBytes?: number): AheadFiles =>
  new AheadFiles({
    path,
    place,
    step: () => {},
    ...(fileBytes === undefined ? {} : { fileBytes }),
  });

const placesIn = (path: string): number[] =>
  readAheadFiles(path)
    .map(({ place }) => place)
    .sort((a, b) => a - b);

test("MON-10 what was appended is there for the next process, with its place", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  assert.deepEqual(readAheadFiles(path), []);
  const files = open(path, 41);
  assert.deepEqual([files.append([write(1), write(2)]), files.append([write(3)])], [42, 43]);
  assert.deepEqual(readAheadFiles(path), [
    { place: 42, writes: [write(1), write(2)] },
    { place: 43, writes: [write(3)] },
  ]);
  files[Symbol.dispose]();
  assert.deepEqual(placesIn(path), [42, 43], "the database has none of it");
});

test("the files are gone at the end when the database has all of them", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  const files = open(path, 0);
  files.applied(files.append([write(1)]) ?? 0);
  files[Symbol.dispose]();
  assert.deepEqual([existsSync(`${path}-ahead-0`), existsSync(`${path}-ahead-1`)], [false, false]);
});

test("MON-10 a file is written anew only when the database has what is in it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("test.db");
  // Each holds two blocks of this size.
  using files = open(path, 0, 130);
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
  using files = open(path, 0, 64);
  assert.equal(files.append([{ sql: "X", params: ["x".repeat(100)] }]), null);
  assert.equal(files.append([write(1)]), 1);
  const full = folder.file("full.db");
  for (const n of [0, 1]) symlinkSync("/dev/full", `${full}-ahead-${n}`);
  const refusing = open(full, 0);
  assert.equal(refusing.append([write(1)]), null);
  assert.equal(refusing.append([write(1)]), null);
});
