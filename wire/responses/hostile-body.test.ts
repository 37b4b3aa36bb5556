import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { messagesProvider } from "../anthropic/codec.ts";
import { converseProvider } from "../bedrock/codec.ts";
import { hostile, placesIn, replaced } from "../canonical/hostile-fixture.ts";
import { chatProvider } from "../openai/codec.ts";
import { readResponsesRequest } from "./responses-request.ts";

const mark = { ttl: "12h" };
const png = "data:image/png;base64,AAAA";

/** Every member that is read here. */
const body = {
  model: "m",
  instructions: "s",
  stream: true,
  stream_options: { include_obfuscation: false },
  max_output_tokens: 9,
  max_tool_calls: 1,
  temperature: 1,
  top_p: 1,
  truncation: "auto",
  store: true,
  background: false,
  include: ["reasoning.encrypted_content"],
  metadata: { a: "b" },
  user: "u",
  safety_identifier: "s",
  service_tier: "auto",
  prompt_cache_key: "k",
  reasoning: { effort: "low", summary: "auto" },
  text: {
    verbosity: "low",
    format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
  },
  tools: [
    { type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: true },
  ],
  tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "f" }] },
  parallel_tool_calls: false,
  input: [
    { role: "developer", content: "s" },
    {
      role: "user",
      content: [
        { type: "input_text", text: "a", prompt_cache_breakpoint: mark },
        { type: "input_image", image_url: png, detail: "low" },
        { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
        { type: "input_file", file_url: "https://a.b/c.pdf" },
      ],
    },
    {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "x" }],
      encrypted_content: "signed.x",
    },
    {
      type: "message",
      role: "assistant",
      content: [
        { type: "output_text", text: "t", annotations: [], logprobs: [] },
        { type: "refusal", refusal: "r" },
      ],
    },
    { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    {
      type: "function_call_output",
      call_id: "c",
      output: [{ type: "input_text", text: "a" }],
    },
  ],
};

const writers = [chatProvider("max_tokens"), messagesProvider("2023-06-01"), converseProvider];

/** Whatever it is, nothing may throw. Returns whether it was accepted. */
function survive(json: unknown): boolean {
  const request = readResponsesRequest(Buffer.from(JSON.stringify(json)));
  if (!request.ok) {
    assert.match(request.message, /^Cannot /);
    return false;
  }
  // What is repeated is JSON, whatever it says.
  JSON.parse(`{${request.value.repeatedMembers()}}`);
  const canonical = request.value.toCanonical();
  assert.ok(canonical.ok);
  for (const codec of writers) codec.writeRequest(canonical.value, "claude-opus-4-8");
  return true;
}

test("SEC-4 the body that is changed here is accepted", () => {
  assert.ok(survive(body));
});

test("SEC-4 whatever stands in the place of a member, it is a request or a refusal", () => {
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

test("SEC-4 whatever the JSON, it is a request or a refusal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      survive(json);
    }),
    { numRuns: 500 },
  );
});
