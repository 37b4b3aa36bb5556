import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readInvokeRequest, type Invocation } from "./invoke-request.ts";
import { bytesOf } from "../request-fixture.ts";

const titan = "amazon.titan-text-express-v1";

const read = (json: unknown): Invocation => {
  const request = readInvokeRequest(bytesOf(json), { model: titan, stream: false });
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
};

const refusalOf = (json: unknown): string => {
  const request = readInvokeRequest(bytesOf(json), { model: titan, stream: false });
  return request.ok ? "ok" : `${request.code} ${request.path}`;
};

const inputText = "User: Hi\nBot:";
const textGenerationConfig = { maxTokenCount: 5, temperature: 0.5, topP: 1, stopSequences: ["|"] };

describe("a native body of Titan Text's", () => {
  test("is one message in canonical form", () => {
    const canonical = read({ inputText, textGenerationConfig }).toCanonical();
    assert.ok(canonical.ok);
    const { dialect, messages, maxTokens, sampling, stop, tools, rest } = canonical.value;
    assert.deepEqual(messages, [{ role: "user", parts: [{ kind: "text", text: inputText }] }]);
    assert.deepEqual([dialect, maxTokens, stop, tools, { ...rest }], ["bedrock", 5, ["|"], [], {}]);
    assert.deepEqual([sampling.temperature, sampling.topP], [0.5, 1]);
  });

  test("what the gateway must know of it", () => {
    const { facts } = read({ inputText });
    assert.deepEqual([facts.maxTokens, facts.nativeWords], [null, "titan-text"]);
    assert.deepEqual([facts.size.textBytes, facts.size.messages], [inputText.length, 1]);
  });

  test("WIR-10 passes but for what changes", () => {
    const body = { inputText, textGenerationConfig };
    assert.deepEqual(read(body).rewrite({ maxTokens: 5 }), bytesOf(body));
    const shorter = { ...textGenerationConfig, maxTokenCount: 3 };
    const defaults = { temperature: 0 };
    assert.deepEqual(
      read(body).rewrite({ maxTokens: 3, defaults }),
      bytesOf({ inputText, textGenerationConfig: shorter }),
    );
  });

  test("WIR-13 a member that nobody knows is not translated", () => {
    const pathOf = (json: unknown): unknown => {
      const canonical = read(json).toCanonical();
      return canonical.ok || canonical.path;
    };
    assert.equal(pathOf({ inputText, future: 1 }), "future");
    const config = { future: 1, maxTokenCount: 5 };
    assert.equal(
      pathOf({ inputText, textGenerationConfig: config }),
      "textGenerationConfig.future",
    );
  });

  const table: Readonly<Record<string, readonly [config: unknown, refusal: string]>> = {
    "a limit of nothing": [
      { maxTokenCount: 0 },
      "invalid_value textGenerationConfig.maxTokenCount",
    ],
    "a temperature above one": [
      { temperature: 2 },
      "invalid_value textGenerationConfig.temperature",
    ],
    "a configuration that is a list": [[], "invalid_value textGenerationConfig"],
    "SEC-5 a limit under another name": [
      { maxTokens: 1 },
      "invalid_value textGenerationConfig.maxTokens",
    ],
  };
  for (const [what, [config, refusal]] of Object.entries(table)) {
    test(`is refused: ${what}`, () => {
      assert.equal(refusalOf({ inputText, textGenerationConfig: config }), refusal);
    });
  }

  test("SEC-5 is refused: a limit in another place", () => {
    assert.equal(refusalOf({ inputText, max_tokens: 9 }), "invalid_value max_tokens");
  });
});
