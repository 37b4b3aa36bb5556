import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";

import { JsonScanner, readJson } from "./json-scan.ts";
import { ParsedBody } from "./parsed-body.ts";

test("what was forgotten is parsed again, the same, and once", () => {
  const bytes = Buffer.from('{"model":"m","text":"あ\\n"}');
  const read = readJson(bytes, new JsonScanner(["model"]));
  assert.ok(read.ok);
  const { json, scan } = read.value;
  const parsed = new ParsedBody(bytes, json, scan);
  assert.equal(parsed.body, json);
  parsed.forget();
  const again = parsed.body;
  assert.notEqual(again, json);
  assert.deepEqual(again, json);
  assert.equal(parsed.body, again);
  assert.equal(parsed.bytes, bytes);
});
