import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
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
    for (const name of readdirSync(folder)) {
      // Whoever may read the file may hold it.
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    }
    first[Symbol.dispose]();
    const second = lockFile(path);
    assert.ok(second);
    second[Symbol.dispose]();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
