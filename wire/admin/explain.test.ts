import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { explainedSurfaces, parseExplainRequest } from "./explain.ts";

const model = "fast";
const plain = {
  model,
  surface: "openai.chat",
  body: null,
  headers: {},
  key: null,
  tenant: null,
  message: null,
};

test("RTE-2 a model alone is enough to explain", () => {
  assert.deepEqual(parseExplainRequest({ model }), { ok: true, value: plain });
});

test("RTE-2 every field is taken as it is", () => {
  for (const surface of explainedSurfaces) {
    const body = { messages: [{ role: "user" }] };
    const value = { ...plain, surface, body, headers: { "anthropic-beta": "a,b" }, key: "key_1" };
    assert.deepEqual(parseExplainRequest(value), { ok: true, value });
  }
  const value = { ...plain, model: "漫画 *", tenant: "acme", message: "在庫\nは?" };
  assert.deepEqual(parseExplainRequest(value), { ok: true, value });
});

const refused: readonly (readonly [body: unknown, code: string, path: string | null])[] = [
  [undefined, "invalid_value", null],
  [[], "invalid_value", null],
  [{}, "missing_field", "model"],
  [{ model: "" }, "invalid_value", "model"],
  [{ model: "a\n" }, "invalid_value", "model"],
  [{ model, surface: "openai.models" }, "invalid_value", "surface"],
  [{ model, body: "{}" }, "invalid_value", "body"],
  [{ model, body: [] }, "invalid_value", "body"],
  [{ model, headers: { "Anthropic-Beta": "a" } }, "invalid_value", "headers"],
  [{ model, headers: { a: 1 } }, "invalid_value", "headers"],
  [{ model, headers: { a: "x".repeat(8_193) } }, "invalid_value", "headers"],
  [
    { model, headers: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`h${n}`, ""])) },
    "invalid_value",
    "headers",
  ],
  [{ model, key: "key_1", tenant: "acme" }, "invalid_value", "tenant"],
  [{ model, message: " " }, "invalid_value", "message"],
  [{ model, message: "x".repeat(4_001) }, "invalid_value", "message"],
  [{ model, message: "hi", body: {} }, "invalid_value", "message"],
  [{ model, tenant: "a b" }, "invalid_value", "tenant"],
  [{ model, stream: true }, "invalid_value", "stream"],
];

for (const [body, code, path] of refused) {
  test(`POST /admin/explain refuses ${JSON.stringify(body)?.slice(0, 60)}`, () => {
    const parsed = parseExplainRequest(body);
    assert.deepEqual(parsed.ok ? null : [parsed.code, parsed.path], [code, path]);
  });
}

test("no value makes the parser throw", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.equal(typeof parseExplainRequest(value).ok, "boolean");
    }),
  );
});
