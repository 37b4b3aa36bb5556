import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";

import { messagesProvider } from "../anthropic/codec.ts";
import { readConverseRequest } from "../bedrock/converse-request.ts";
import { converseProvider, invokeProvider } from "../bedrock/codec.ts";
import { JsonScanner } from "../framing/json-scan.ts";
import { chatProvider } from "../openai/codec.ts";
import type { ProviderCodec } from "./codec.ts";
import type { CanonicalRequest } from "./request.ts";

const haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const nova = "us.amazon.nova-pro-v1:0";

const targets: readonly (readonly [name: string, ProviderCodec, model: string])[] = [
  ["openai", chatProvider("max_tokens"), "gpt-5"],
  ["openai, the other limit", chatProvider("max_completion_tokens"), "gpt-5"],
  ["anthropic", messagesProvider("2023-06-01"), "claude-haiku-4-5"],
  ["converse", converseProvider, haiku],
  ["converse, no Claude", converseProvider, nova],
  ["invoke", invokeProvider, haiku],
];

/** Null where a client's body with these is refused. */
const asked = (additionalModelRequestFields: object): CanonicalRequest | null => {
  const body = {
    messages: [{ role: "user", content: [{ text: "Hi" }] }],
    system: [{ text: "Be brief" }],
    toolConfig: { tools: [{ toolSpec: { name: "f", inputSchema: { json: {} } } }] },
    inferenceConfig: { maxTokens: 9, temperature: 0.5, stopSequences: ["END"] },
    additionalModelRequestFields,
  };
  const read = readConverseRequest(Buffer.from(JSON.stringify(body)), {
    model: "fast",
    stream: true,
  });
  if (!read.ok) return null;
  const canonical = read.value.toCanonical();
  assert.ok(canonical.ok);
  return canonical.value;
};

const askedPlainly = (): CanonicalRequest => {
  const plain = asked({});
  assert.ok(plain);
  return plain;
};

const textOf = (codec: ProviderCodec, request: CanonicalRequest, model: string): string | null => {
  const written = codec.writeRequest(request, model);
  return written.ok ? written.value.bytes.toString("utf8") : null;
};

/** Names of the writers' own members, of features and of none, in every dialect. */
const names = `
  model messages system stream stream_options max_tokens max_completion_tokens tools tool_choice
  temperature top_p top_k stop stop_sequences metadata user seed n response_format service_tier
  output_config output_format anthropic_version anthropic_beta thinking cache_control container
  parallel_tool_calls prompt_cache_key toolConfig inferenceConfig outputConfig requestMetadata
  additionalModelRequestFields additionalModelResponseFieldPaths guardrailConfig serviceTier speed
  x_new constructor __proto__
`
  .trim()
  .split(/\s+/);

const value = fc.oneof(
  fc.constantFrom<unknown>(false, null, [], {}, 0, "", true, 1, "x", [{}], { type: "enabled" }),
  fc.jsonValue(),
);
const hostileRest = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 6 })
  .map((members) => Object.fromEntries(members));

const members = ["stream", "tools", "model", "system", "max_tokens", "messages"] as const;

test("WIR-13 fields for the model switch off no member of a translated body", () => {
  const plain = askedPlainly();
  const hostile = members.flatMap((member) =>
    [false, [], {}].flatMap((nothing) => asked({ [member]: nothing }) ?? []),
  );
  assert.ok(hostile.length >= 12, `${hostile.length} of 18 are requests`);
  for (const [name, codec, model] of targets) {
    // Converse hands them on where they stand, beside its own members.
    if (name.startsWith("converse")) continue;
    const expected = textOf(codec, plain, model);
    for (const request of hostile) assert.equal(textOf(codec, request, model), expected);
  }
});

test("SEC-5 no body that is written says a member twice, whatever the request's rest", () => {
  const plain = askedPlainly();
  let written = 0;
  const dialects = ["openai", "anthropic", "bedrock", "gemini"] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...targets),
      fc.constantFrom(...dialects),
      fc.tuple(hostileRest, hostileRest),
      ([, codec, model], dialect, [members, fields]) => {
        const rest = { ...members, additionalModelRequestFields: fields };
        const text = textOf(codec, { ...plain, dialect, rest }, model);
        if (text === null) return;
        written += 1;
        const scanner = new JsonScanner(Object.keys(JSON.parse(text) as object));
        assert.equal(scanner.scan(Buffer.from(text)).ok, true, text);
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(written > 500, `${written} of 3000 written`);
});
