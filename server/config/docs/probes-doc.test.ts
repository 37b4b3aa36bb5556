import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loaded } from "../loading/text-fixture.ts";

const doc = readFileSync(new URL("../../../docs/operating/probes.md", import.meta.url), "utf8");

test("RTE-14 the documented example holds, and probes a model of its provider", () => {
  const text = /```yaml\n(?<text>.*?)```/s.exec(doc)?.groups?.["text"] ?? assert.fail("no example");
  const { providers } = loaded(text).config;
  const { kind, everyMs, model } = providers["bedrock-us-east-1"]?.probe ?? assert.fail("no probe");
  assert.deepEqual(
    [kind, everyMs, model],
    ["call", 5_000, "anthropic.claude-haiku-4-5-20251001-v1:0"],
  );
});
