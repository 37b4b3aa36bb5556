import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { exposedHeaders } from "./cross-origin.ts";

/** What writes the heads of answers; what is read there of requests is not theirs. */
const writers = ["answers", "exchanges", "kept-answers"];
const asked = ["x-sekisho-resumable"];

const namesIn = (source: string): string[] =>
  [...source.matchAll(/"(x-sekisho-[a-z-]+)"/g)].map(([, name = ""]) => name);

test("SEC-19 a page may read every header of ours that an answer has", () => {
  const names = writers
    .flatMap((folder) => globSync(join(import.meta.dirname, folder, "*.ts")))
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => namesIn(readFileSync(path, "utf8")))
    .filter((name) => !asked.includes(name));
  assert.ok(names.includes("x-sekisho-arm"), names.join());
  const hidden = names.filter((name) => !exposedHeaders.includes(name));
  assert.deepEqual(hidden, []);
});
