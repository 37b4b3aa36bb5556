import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { hostile, placesIn, replaced } from "../canonical/hostile-fixture.ts";
import { readMessagesRequest } from "./message-request.ts";
import { writeMessagesRequest } from "./write-request.ts";

const mark = { type: "ephemeral", ttl: "1h" };
const png = { type: "base64", media_type: "image/png", data: "AAAA" };
const citation = { type: "web_search_result_location", url: "https://a.b", encrypted_index: "" };

/** Every member that is read here. */
const body = {
  model: "m",
  max_tokens: 9,
  stream: true,
  system: [{ type: "text", text: "s", cache_control: mark }],
  temperature: 1,
  top_p: 1,
  top_k: 1,
  stop_sequences: ["a"],
  metadata: { user_id: "u" },
  thinking: { type: "enabled", budget_tokens: 1024 },
  output_config: { effort: "low", format: { type: "json_schema", schema: { type: "object" } } },
  tool_choice: { type: "tool", name: "f", disable_parallel_tool_use: true },
  tools: [
    {
      type: "custom",
      name: "f",
      description: "d",
      input_schema: { type: "object" },
      strict: true,
      input_examples: [{}],
      allowed_callers: ["direct"],
      defer_loading: false,
      cache_control: mark,
    },
  ],
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "a", citations: [citation], cache_control: mark },
        { type: "image", source: png, transformations: { oversized_image: "downsize" } },
        {
          type: "document",
          source: { type: "text", media_type: "text/plain", data: "d" },
          title: "t",
          context: "c",
          citations: { enabled: true },
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "x", signature: "" },
        { type: "redacted_thinking", data: "x" },
        { type: "tool_use", id: "i", name: "f", input: {}, caller: { type: "direct" } },
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "i", is_error: true, content: [{ type: "x" }] },
      ],
    },
    { role: "system", content: "now" },
  ],
};

/** Whatever it is, nothing may throw. Returns whether it was accepted. */
function survive(json: unknown): boolean {
  const request = readMessagesRequest(Buffer.from(JSON.stringify(json)));
  if (!request.ok) {
    assert.match(request.message, /^Cannot /);
    return false;
  }
  request.value.rewrite({ model: "n", defaults: { temperature: 1 } }, "2023-06-01");
  const canonical = request.value.toCanonical();
  if (canonical.ok) {
    for (const dialect of ["anthropic", "openai", "bedrock"] as const) {
      const options = { model: "claude-opus-5", apiVersion: "2026-10-21" } as const;
      writeMessagesRequest({ ...canonical.value, dialect }, options);
    }
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
