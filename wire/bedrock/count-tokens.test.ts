import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ConverseInvocation } from "./invoke/converse-invocation.ts";
import { ConverseRequest } from "./converse-request.ts";
import {
  decodeTokenCount,
  encodeTokenCount,
  readCountRequest,
  writeConverseCount,
} from "./count-tokens.ts";
import { ClaudeInvocation } from "./invoke/invoke-request.ts";
import { bytesOf, canonicalOf, hi, jsonOf, path, readGood, writeGood } from "./request-fixture.ts";

const native = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 1,
  messages: [{ role: "user", content: "Hi" }],
};

describe("a count of tokens", () => {
  test("of a Converse request", () => {
    const read = readCountRequest(bytesOf({ input: { converse: { messages: [hi] } } }), path);
    assert.ok(read.ok && read.value instanceof ConverseRequest);
    assert.equal(read.value.facts.size.textBytes, 2);
  });

  test("of a native body", () => {
    const body = bytesOf(native).toString("base64");
    const read = readCountRequest(bytesOf({ input: { invokeModel: { body } } }), path);
    assert.ok(read.ok && read.value instanceof ClaudeInvocation);
  });

  test("of a native body of Nova's, which others count in their own words", () => {
    const body = bytesOf({ messages: [hi] }).toString("base64");
    const read = readCountRequest(bytesOf({ input: { invokeModel: { body } } }), path);
    assert.ok(read.ok && read.value instanceof ConverseInvocation);
    assert.equal(read.value.facts.size.textBytes, 2);
    assert.ok(read.value.toCanonical().ok);
  });

  const wrong: readonly (readonly [body: unknown, code: string])[] = [
    ["", "invalid_json"],
    ["[]", "invalid_json"],
    ['{"input":{},"input":{}}', "duplicate_field"],
    ['{"input":{"converse":{},"converse":{}}}', "duplicate_field"],
    [{}, "missing_field"],
    [{ input: {} }, "missing_field"],
    [{ input: { invokeModel: { body: 1 } } }, "missing_field"],
    [{ input: { invokeModel: { body: "!" } } }, "invalid_json"],
    [{ input: { converse: { messages: [] } } }, "invalid_value"],
  ];
  for (const [body, code] of wrong) {
    test(`${code}: ${JSON.stringify(body)}`, () => {
      const read = readCountRequest(bytesOf(body), path);
      assert.deepEqual([read.ok, read.ok || read.code], [false, code]);
    });
  }

  test("the answer, both ways", () => {
    assert.equal(encodeTokenCount(42), '{"inputTokens":42}');
    const count = decodeTokenCount(Buffer.from('{"inputTokens":42}'));
    assert.ok(count.ok && count.value === 42);
    for (const body of ["", "{}", '{"inputTokens":-1}', '{"inputTokens":"9"}', "<html>"]) {
      const none = decodeTokenCount(Buffer.from(body));
      assert.deepEqual([none.ok, none.ok || none.fault.code], [false, "upstream_malformed"]);
    }
  });

  test("a provider is asked about what counts, and nothing else", () => {
    const system = [{ text: "Be brief" }];
    const fields = { thinking: { type: "adaptive" } };
    const request = canonicalOf({
      system,
      inferenceConfig: { temperature: 1 },
      additionalModelRequestFields: fields,
      requestMetadata: { a: "b" },
    });
    assert.deepEqual(jsonOf(writeConverseCount(writeGood(request))), {
      input: { converse: { messages: [hi], system, additionalModelRequestFields: fields } },
    });
    const passed = readGood({ messages: [hi] }).rewrite({ maxTokens: 5 });
    assert.deepEqual(jsonOf(writeConverseCount(passed)), {
      input: { converse: { messages: [hi] } },
    });
  });
});
