import assert from "node:assert/strict";
import { test } from "node:test";
import { firstCallCode } from "./first-call-code.ts";

const baseUrl = "http://127.0.0.1:8080";

test("CON-6 the three calls hold address, key and model, and no other key", () => {
  const code = firstCallCode({ baseUrl, key: "sk_dev_1", model: "quality" });
  for (const text of Object.values(code)) {
    assert.ok(
      text.includes(baseUrl) && text.includes("sk_dev_1") && text.includes('"quality"'),
      text,
    );
  }
});

test("CON-6 without a demo key its place is marked", () => {
  const code = firstCallCode({ baseUrl, key: null, model: null });
  for (const text of Object.values(code)) assert.ok(text.includes("sk_…"), text);
});
