import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { builtStamp, sourceStamp } from "./source-stamp.ts";

const root = mkdtempSync(join(tmpdir(), "stamp-"));
after(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return sourceStamp(root);
};

for (const folder of ["lib/failure", "lib/telemetry", "wire/admin", "scripts/console"]) {
  mkdirSync(join(root, folder), { recursive: true });
}

test("OPS-1 pages are built anew when a source of theirs is another, and only then", () => {
  const first = write("console/main.tsx", "1");
  assert.equal(write("console/main.tsx", "1"), first);
  const edited = write("console/main.tsx", "2");
  assert.notEqual(edited, first);
  assert.equal(write("console/main.tsx", "1"), first);
  const deeper = write("console/overview/a.ts", "a");
  assert.notEqual(deeper, first);
  const shared = write("wire/admin/live.ts", "shape");
  assert.notEqual(shared, deeper);
  for (const path of [
    "console/main.test.ts",
    "console/dist/assets/a.js",
    "console/node_modules/x/a.js",
    "wire/openai/codec.ts",
  ]) {
    assert.equal(write(path, "other"), shared, path);
  }
});

test("a build that is missing or broken has no stamp", () => {
  const built = join(root, "console/dist");
  assert.equal(builtStamp(join(root, "nowhere")), null);
  assert.equal(builtStamp(built), null);
  writeFileSync(join(built, "pages.json"), "{");
  assert.equal(builtStamp(built), null);
  writeFileSync(join(built, "pages.json"), '{"stamp":"abc","files":[]}');
  assert.equal(builtStamp(built), "abc");
});
