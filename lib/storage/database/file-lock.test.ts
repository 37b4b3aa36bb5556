import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { lockFile } from "./file-lock.ts";

test("lockFile() has one holder at a time", () => {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    const path = join(folder, "lock.db");
    const first = lockFile(path);
    assert.ok(first);
    assert.equal(lockFile(path), null);
    first[Symbol.dispose]();
    const second = lockFile(path);
    assert.ok(second);
    second[Symbol.dispose]();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
