import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readCompletionsRequest } from "./completions-request.ts";

const read = (json: unknown) => readCompletionsRequest(Buffer.from(JSON.stringify(json)));

describe("legacy completions", () => {
  for (const prompt of ["Say é", ["Say é"]]) {
    test(`a prompt given as ${JSON.stringify(prompt)} is one message of the user`, () => {
      const request = read({
        model: "m",
        prompt,
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 9,
        stop: "x",
        logit_bias: { "1": 2 },
        best_of: 1,
        n: 1,
        echo: false,
        suffix: null,
        logprobs: null,
      });
      assert.ok(request.ok);
      const { facts } = request.value;
      assert.deepEqual([facts.size.textBytes, facts.size.messages, facts.maxTokens], [6, 1, 9]);
      assert.ok(facts.stream && facts.streamUsage);
      const canonical = request.value.toCanonical();
      assert.ok(canonical.ok);
      assert.deepEqual(canonical.value.messages, [
        { role: "user", parts: [{ kind: "text", text: "Say é" }] },
      ]);
      assert.deepEqual(canonical.value.stop, ["x"]);
      assert.deepEqual({ ...canonical.value.rest }, { logit_bias: { "1": 2 } });
    });
  }

  const base = { model: "m", prompt: "Say" };
  const table: readonly (readonly [json: object, code: string, path: string])[] = [
    [{ ...base, prompt: [1, 2] }, "unsupported_by_target", "prompt"],
    [{ ...base, prompt: [[1], [2]] }, "unsupported_by_target", "prompt"],
    [{ ...base, prompt: ["a", "b"] }, "unsupported_by_target", "prompt"],
    [{ ...base, suffix: "x" }, "unsupported_by_target", "suffix"],
    [{ ...base, best_of: 2 }, "unsupported_by_target", "best_of"],
    [{ ...base, n: 2 }, "unsupported_by_target", "n"],
    [{ ...base, echo: true }, "unsupported_by_target", "echo"],
    [{ ...base, logprobs: 0 }, "unsupported_by_target", "logprobs"],
    [{ ...base, prompt: null }, "invalid_value", "prompt"],
    [{ ...base, prompt: [] }, "invalid_value", "prompt"],
    [{ model: "m" }, "missing_field", "prompt"],
    [{ prompt: "Say" }, "missing_field", "model"],
    [{ ...base, temperature: 3 }, "invalid_value", "temperature"],
    [{ ...base, max_tokens: "9" }, "invalid_value", "max_tokens"],
  ];
  for (const [json, code, path] of table) {
    test(`${JSON.stringify(json)}: ${code}`, () => {
      const refused = read(json);
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], [code, path]);
    });
  }

  test("SEC-5 a prompt that stands twice", () => {
    const refused = readCompletionsRequest(Buffer.from('{"prompt":"a","prompt":"b","model":"m"}'));
    assert.ok(!refused.ok);
    assert.equal(refused.code, "duplicate_field");
  });
});
