import assert from "node:assert/strict";
import { test } from "node:test";
import { readMessagesRequest } from "@sekisho/wire/anthropic/message-request.ts";
import { estimateInputTokens, estimateTokens } from "./estimate-tokens.ts";
import type { ClientRequest } from "./request.ts";

const texts: readonly (readonly [text: string, tokens: number])[] = [
  ["", 0],
  ["a", 1],
  ["four letters x 4 = 20", 6],
  ["漫画が好き", 5],
  ["Привет", 3],
  ["manga 漫画", 4],
];
for (const [text, tokens] of texts) {
  test(`MON-4 about ${tokens} tokens: "${text}"`, () => {
    assert.equal(estimateTokens(text), tokens);
  });
}

function estimateOf(body: object): number {
  const read = readMessagesRequest(Buffer.from(JSON.stringify({ model: "m", ...body })));
  assert.ok(read.ok, read.ok ? "" : read.message);
  const request = {
    surface: "anthropic.messages",
    read: read.value,
    headerFeatures: [],
    canonical: () => read.value.toCanonical(),
  };
  return estimateInputTokens(request as unknown as ClientRequest); // nothing else is read of it
}

const hi = { role: "user", content: "Hi" };

test("MON-4 a prompt is its texts, its messages, its tools and its pictures", () => {
  const max_tokens = 1;
  const plain = estimateOf({ max_tokens, messages: [hi] });
  assert.equal(plain, 5);
  assert.equal(estimateOf({ max_tokens, messages: [hi], system: "漫画" }), plain + 2);
  const answer = { role: "assistant", content: "Hello you" };
  assert.equal(estimateOf({ max_tokens, messages: [hi, answer, hi] }), 2 * plain + 7);

  const tools = [{ name: "find", input_schema: { type: "object" } }];
  const schemaBytes = JSON.stringify(tools).length;
  const withTools = estimateOf({ max_tokens, messages: [hi], tools });
  assert.equal(withTools, plain + Math.ceil(schemaBytes / 4));

  const source = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" };
  const image = { role: "user", content: [{ type: "image", source }] };
  assert.equal(estimateOf({ max_tokens, messages: [image] }), 4 + 1_500);
});
