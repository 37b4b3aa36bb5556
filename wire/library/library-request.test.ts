import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import { readLibraryRequest } from "./library-request.ts";

const read = (body: object | string) =>
  readLibraryRequest(Buffer.from(typeof body === "string" ? body : JSON.stringify(body)));

const canonicalOf = (body: object) => {
  const request = read(body);
  assert.ok(request.ok, request.ok ? "" : request.message);
  const canonical = request.value.toCanonical();
  assert.ok(canonical.ok);
  return canonical.value;
};

const text = (said: string) => ({ kind: "text" as const, text: said });

describe("REF-1 readLibraryRequest", () => {
  test("a prompt is a conversation of one turn", () => {
    const { model, system, messages, stream, maxTokens, sampling, responseFormat } = canonicalOf({
      model: "fast",
      prompt: "Hello",
      system: "Be brief.",
      temperature: 0.5,
      maxTokens: 9,
      responseFormat: "json",
      stream: true,
    });
    assert.deepEqual([model, stream, maxTokens, sampling.temperature], ["fast", true, 9, 0.5]);
    assert.deepEqual(system, [text("Be brief.")]);
    assert.deepEqual(messages, [{ role: "user", parts: [text("Hello")] }]);
    assert.deepEqual(responseFormat, { kind: "json" });
  });

  test("instructions ahead of the first turn are the system's, later ones keep their place", () => {
    const { system, messages } = canonicalOf({
      model: "fast",
      system: "One.",
      messages: [
        { role: "system", content: "Two." },
        { role: "user", content: "Hello" },
        { role: "system", content: "Three." },
        { role: "assistant", content: "Hi." },
        { role: "user", content: "Bye" },
      ],
    });
    assert.deepEqual(system, [text("One."), text("Two.")]);
    assert.deepEqual(messages, [
      { role: "user", parts: [text("Hello")] },
      { role: "system", parts: [text("Three.")] },
      { role: "assistant", parts: [text("Hi.")] },
      { role: "user", parts: [text("Bye")] },
    ]);
  });

  test("what is left out is not said: the alias has its own defaults", () => {
    const { system, maxTokens, sampling, responseFormat } = canonicalOf({
      model: "fast",
      prompt: "Hello",
      system: " ",
      temperature: null,
      responseFormat: "text",
      cacheTtl: 0,
    });
    assert.deepEqual([system, maxTokens, sampling.temperature], [[], null, null]);
    assert.equal(responseFormat, null);
  });

  test("MON-4 the prompt's size counts every text", () => {
    const request = read({
      model: "fast",
      system: "abc",
      messages: [{ role: "user", content: "漫画" }],
    });
    assert.ok(request.ok);
    const { size } = request.value.facts;
    assert.deepEqual([size.textBytes, size.messages], [9, 2]);
  });

  const refused: readonly (readonly [body: object | string, code: string, path: string | null])[] =
    [
      ["[]", "invalid_json", null],
      ["{", "invalid_json", null],
      [{ prompt: "a" }, "missing_field", "model"],
      [{ model: "m" }, "missing_field", "prompt"],
      [{ model: "m", prompt: null }, "missing_field", "prompt"],
      [{ model: "m", prompt: "" }, "invalid_value", "prompt"],
      [{ model: "m", prompt: " \n" }, "invalid_value", "prompt"],
      [{ model: "m", prompt: 1 }, "invalid_value", "prompt"],
      [
        { model: "m", prompt: "a", messages: [{ role: "user", content: "b" }] },
        "invalid_value",
        "messages",
      ],
      [{ model: "m", messages: [] }, "invalid_value", "messages"],
      [{ model: "m", messages: ["a"] }, "invalid_value", "messages.[0]"],
      [{ model: "m", messages: [{ content: "a" }] }, "missing_field", "messages.[0].role"],
      [
        { model: "m", messages: [{ role: "tool", content: "a" }] },
        "invalid_value",
        "messages.[0].role",
      ],
      [{ model: "m", messages: [{ role: "user" }] }, "missing_field", "messages.[0].content"],
      [{ model: "m", prompt: "a", temperature: 3 }, "invalid_value", "temperature"],
      [{ model: "m", prompt: "a", maxTokens: 0 }, "invalid_value", "maxTokens"],
      [{ model: "m", prompt: "a", maxTokens: 1.5 }, "invalid_value", "maxTokens"],
      [{ model: "m", prompt: "a", responseFormat: "xml" }, "invalid_value", "responseFormat"],
      [{ model: "m", prompt: "a", cacheTtl: -1 }, "invalid_value", "cacheTtl"],
      [{ model: "m", prompt: "a", cacheTtl: 86_401 }, "invalid_value", "cacheTtl"],
      [{ model: "m", prompt: "a", maxToken: 9 }, "invalid_value", "maxToken"],
    ];
  for (const [body, code, path] of refused) {
    test(`${JSON.stringify(body).slice(0, 60)}: ${code}`, () => {
      const request = read(body);
      assert.ok(!request.ok);
      assert.deepEqual([request.code, request.path], [code, path]);
    });
  }

  test("no refusal repeats the prompt", () => {
    const request = read({ model: "m", messages: [{ role: "user", content: { secret: "x" } }] });
    assert.ok(!request.ok);
    assert.doesNotMatch(request.message, /secret/);
  });

  test("10,001 messages are too many", () => {
    const message = { role: "user", content: "a" };
    const request = read({ model: "m", messages: Array.from({ length: 10_001 }, () => message) });
    assert.ok(!request.ok);
    assert.deepEqual([request.code, request.path], ["too_complex", "messages"]);
  });
});
