import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { messagesProvider } from "../anthropic/codec.ts";
import { converseProvider } from "../bedrock/codec.ts";
import { chatProvider } from "../openai/codec.ts";
import { generateProvider } from "./codec.ts";
import { wrapCount } from "./count-tokens.ts";
import { readGenerateRequest } from "./generate-request.ts";

const schema = { type: "OBJECT", properties: { a: { type: "STRING", nullable: true } } };

/** Every member that is read here, in either spelling. */
const body = {
  contents: [
    {
      role: "user",
      parts: [
        { text: "a" },
        { inline_data: { mime_type: "image/png", data: "AAAA" } },
        { fileData: { fileUri: "https://a.b/c.pdf", mimeType: "application/pdf" } },
      ],
    },
    {
      role: "model",
      parts: [
        { text: "hm", thought: true, thoughtSignature: "c2ln" },
        { functionCall: { id: "i", name: "f", args: { a: 1 } }, thought_signature: "c2ln" },
      ],
    },
    {
      role: "function",
      parts: [{ functionResponse: { id: "i", name: "f", response: { output: "x" }, parts: [] } }],
    },
  ],
  system_instruction: { role: "system", parts: [{ text: "s" }] },
  tools: [{ functionDeclarations: [{ name: "f", description: "d", parameters: schema }] }],
  toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
  generationConfig: {
    temperature: 1,
    topP: 1,
    topK: 1,
    maxOutputTokens: 9,
    candidateCount: 1,
    seed: 1,
    presencePenalty: 1,
    frequencyPenalty: 1,
    stopSequences: ["a"],
    responseMimeType: "application/json",
    responseSchema: schema,
    thinkingConfig: { includeThoughts: true, thinkingBudget: 5 },
  },
  safetySettings: [{ category: "c", threshold: "BLOCK_NONE" }],
  cachedContent: "c",
  labels: { a: "b" },
};

type Place = readonly (string | number)[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  const inner = Object.entries(value).flatMap(([key, each]) => placesIn(each, [...place, key]));
  return [place, ...inner];
}

function replaced(value: unknown, place: Place, by: unknown): unknown {
  const [key, ...rest] = place;
  if (key === undefined || typeof value !== "object" || value === null) return by;
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  Object.assign(copy, { [key]: replaced(Reflect.get(copy, key), rest, by) });
  return copy;
}

const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, "", "x", 0, -1, [], {}, [[]], [{}], [null], { text: 1 }, true),
);

const writers = [
  [generateProvider, "gemini-3-pro"],
  [messagesProvider("2023-06-01"), "claude-opus-5"],
  [converseProvider, "us.amazon.nova-pro-v1:0"],
  [chatProvider("max_tokens"), "gpt-5"],
] as const;

/** Whatever it is, nothing may throw. Returns whether it was accepted. */
function survive(json: unknown): boolean {
  const bytes = Buffer.from(JSON.stringify(json));
  const request = readGenerateRequest(bytes, { model: "m", stream: false });
  if (!request.ok) {
    assert.match(request.message, /^Cannot /);
    return false;
  }
  const keeps = { signs: true, keeps: () => false, leftOut() {} };
  const rewritten = request.value.rewrite({ maxTokens: 3, reasoning: keeps });
  JSON.parse(wrapCount(rewritten, "n").toString());
  const canonical = request.value.toCanonical();
  if (!canonical.ok) return true;
  for (const [codec, model] of writers) {
    const written = codec.writeRequest(canonical.value, model);
    if (written.ok) JSON.parse(written.value.bytes.toString());
  }
  return true;
}

test("whatever stands in the place of a member, it is a request or a refusal", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...placesIn(body)), hostile, (place, by) => {
      if (survive(replaced(body, place, by))) accepted += 1;
    }),
    { numRuns: 3000 },
  );
  // Both outcomes are met, not one alone.
  assert.ok(accepted > 300 && accepted < 2700, `${accepted} of 3000 accepted`);
});

test("whatever the JSON, it is a request or a refusal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      survive(json);
    }),
    { numRuns: 500 },
  );
});

test("SEC-5 a key of the client's may be called __proto__", () => {
  const bytes = Buffer.from(
    '{"contents":[{"parts":[{"text":"a","__proto__":{"thought":true}}]}],' +
      '"__proto__":{"x":1},"generation_config":{"__proto__":{"top_k":1}}}',
  );
  const read = readGenerateRequest(bytes, { model: "m", stream: false });
  assert.ok(read.ok);
  const canonical = read.value.toCanonical();
  assert.ok(canonical.ok);
  assert.deepEqual(canonical.value.messages[0]?.parts, [{ kind: "text", text: "a" }]);
  assert.equal(canonical.value.sampling.topK, null);
});
