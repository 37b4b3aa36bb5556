import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { carriage, type Feature, type TargetDialect } from "./carriage.data.ts";
import { carriageOf, refuseUncarried } from "./carriage.ts";
import type { CanonicalRequest, Message, Part } from "./request.ts";

const base: CanonicalRequest = {
  dialect: "openai",
  model: "m",
  stream: false,
  system: [],
  messages: [],
  tools: [],
  toolChoice: null,
  parallelTools: null,
  sampling: {
    temperature: null,
    topP: null,
    topK: null,
    seed: null,
    frequencyPenalty: null,
    presencePenalty: null,
  },
  stop: [],
  maxTokens: null,
  responseFormat: null,
  metadata: {},
  user: null,
  streamUsage: false,
  rest: {},
};

const tool = { name: "f", description: null, parameters: null, strict: null };
const file = { kind: "file", id: "f" } as const;
const url = { kind: "url", url: "https://example.com/a" } as const;
const bytes = { kind: "base64", mediaType: "application/pdf", data: "AA" } as const;
const says = (part: Part): Partial<CanonicalRequest> => ({
  messages: [{ role: "user", parts: [part] }],
});
const sampling = (changes: Partial<CanonicalRequest["sampling"]>): Partial<CanonicalRequest> => ({
  sampling: { ...base.sampling, ...changes },
});
const rest = (
  members: Record<string, unknown>,
  dialect: CanonicalRequest["dialect"] = "openai",
): Partial<CanonicalRequest> => ({ dialect, rest: members });

/** A request for each feature. It may take others with it. */
const samples: Readonly<Record<Feature, Partial<CanonicalRequest>>> = {
  choices: rest({ n: 2 }),
  logprobs: rest({ logprobs: true, top_logprobs: 5 }),
  json_mode: { responseFormat: { kind: "json" } },
  json_schema: {
    responseFormat: { kind: "schema", name: "n", schema: {}, strict: null, description: null },
  },
  stop: { stop: ["a"] },
  tools: { tools: [tool] },
  tool_choice: { toolChoice: { kind: "auto" } },
  parallel_tools: { parallelTools: true },
  tool_examples: { tools: [{ ...tool, examples: [{}] }] },
  server_tools: rest({ container: "c" }, "anthropic"),
  guardrails: rest({ guardrailConfig: { guardrailIdentifier: "g" } }, "bedrock"),
  data_residency: rest({ inference_geo: "eu" }, "anthropic"),
  mid_system: { messages: [{ role: "system", parts: [] }] },
  image_url: says({ kind: "image", source: url }),
  image_bytes: says({ kind: "image", source: bytes }),
  image_detail: says({ kind: "image", source: bytes, detail: "low" }),
  document_url: says({ kind: "document", source: url }),
  document_bytes: says({ kind: "document", source: bytes }),
  document_context: says({ kind: "document", source: bytes, context: "c" }),
  document_citations: says({ kind: "document", source: bytes, citations: true }),
  file_id: { dialect: "gemini", ...says({ kind: "document", source: file }) },
  audio: rest({ modalities: ["text", "audio"] }),
  tool_result_media: says({
    kind: "toolResult",
    id: "t",
    parts: [{ kind: "image", source: bytes }],
  }),
  tool_error: says({ kind: "toolResult", id: "t", parts: [], isError: true }),
  text_citations: { dialect: "gemini", ...says({ kind: "text", text: "a", citations: [{}] }) },
  reasoning_signed: says({ kind: "reasoning", text: "", redacted: "x" }),
  reasoning_plain: says({ kind: "reasoning", text: "hm" }),
  participant_names: { messages: [{ role: "user", parts: [], name: "bo" }] },
  temperature: sampling({ temperature: 0 }),
  top_p: sampling({ topP: 0 }),
  top_k: sampling({ topK: 0 }),
  seed: sampling({ seed: 0 }),
  frequency_penalty: sampling({ frequencyPenalty: 0 }),
  presence_penalty: sampling({ presencePenalty: 0 }),
  logit_bias: rest({ logit_bias: { "1": 5 } }),
  extra_sampling: rest({ min_p: 0.1 }),
  reasoning_effort: rest({ reasoning_effort: "low" }),
  thinking: rest({ thinking: { type: "adaptive" } }, "anthropic"),
  // As an object it is told by its members.
  model_fields: rest({ additionalModelRequestFields: "x" }, "bedrock"),
  verbosity: rest({ verbosity: "low" }),
  prediction: rest({ prediction: { type: "content" } }),
  gemini_options: rest({ labels: { a: "b" } }, "gemini"),
  context_editing: rest({ context_management: { edits: [] } }, "anthropic"),
  cache_points: { system: [{ kind: "cachePoint", ttl: "5m" }] },
  auto_cache: rest({ cache_control: { type: "ephemeral" } }, "anthropic"),
  cache_hints: rest({ prompt_cache_key: "k" }),
  service_tier: rest({ service_tier: "flex" }),
  storage: rest({ store: true }),
  betas: rest({ anthropic_beta: ["b"] }, "anthropic"),
  diagnostics: rest({ diagnostics: { previous_message_id: "m" } }, "anthropic"),
  user: { user: "u" },
  metadata: { metadata: { a: "b" } },
  unknown_field: rest({ of_tomorrow: 1 }),
};

const outcomeOf = (request: Partial<CanonicalRequest>, target: TargetDialect) =>
  carriageOf({ ...base, ...request }, target);

describe("WIR-13 the table of carriage", () => {
  const isOwn = (request: Partial<CanonicalRequest>, target: string): boolean =>
    (request.dialect ?? base.dialect) === target;

  for (const [name, request] of Object.entries(samples)) {
    // The keys are features.
    const feature = name as Feature;
    const { what: _, ...columns } = carriage[feature];
    for (const [column, becomes] of Object.entries(columns)) {
      // The others are the columns.
      const target = column as TargetDialect;
      // Its own rest, its own files and its own citations are carried.
      const isAnyOwn = request.rest !== undefined || request.dialect === "gemini";
      if (isOwn(request, target) && isAnyOwn) continue;
      test(`${feature} to ${target}: ${becomes}`, () => {
        const { refused, dropped } = outcomeOf(request, target);
        assert.equal(refused.includes(feature), becomes === "refuse");
        assert.equal(dropped.includes(feature), becomes === "drop");
        const refusal = refuseUncarried({ ...base, ...request }, target);
        assert.equal(refusal === null, refused.length === 0);
      });
    }
  }

  test("nothing asked, nothing lost", () => {
    for (const target of ["openai", "anthropic"] as const) {
      assert.deepEqual(outcomeOf({}, target), { refused: [], dropped: [] });
    }
  });

  test("what only its own dialect knows is carried there", () => {
    const own: readonly (readonly [Partial<CanonicalRequest>, TargetDialect])[] = [
      [rest({ n: 2, of_tomorrow: 1 }), "openai"],
      [rest({ container: "c", inference_geo: "eu", x: 1 }, "anthropic"), "anthropic"],
      [{ dialect: "anthropic", ...says({ kind: "document", source: file }) }, "anthropic"],
      [
        { dialect: "anthropic", ...says({ kind: "text", text: "a", citations: [{}] }) },
        "anthropic",
      ],
    ];
    for (const [request, target] of own) {
      assert.deepEqual(outcomeOf(request, target), { refused: [], dropped: [] });
    }
  });

  test("values that ask for nothing", () => {
    const neutral = {
      n: 1,
      logprobs: false,
      store: false,
      logit_bias: {},
      modalities: ["text"],
      service_tier: "auto",
      prediction: null,
    };
    assert.deepEqual(outcomeOf(rest(neutral), "anthropic"), { refused: [], dropped: [] });
  });

  test("what Bedrock hands on to the model is read in Anthropic's words", () => {
    const fields = { thinking: { type: "adaptive" }, top_k: 5, of_tomorrow: 1 };
    const request = rest({ additionalModelRequestFields: fields }, "bedrock");
    assert.deepEqual(outcomeOf(request, "openai"), {
      refused: ["unknown_field"],
      dropped: ["thinking", "top_k"],
    });
    assert.deepEqual(outcomeOf(request, "anthropic"), { refused: ["unknown_field"], dropped: [] });
  });

  test("the refusal names the field as the client wrote it", () => {
    const message: Message = { role: "user", parts: [{ kind: "text", text: "a" }] };
    const named = (request: Partial<CanonicalRequest>): string | null =>
      refuseUncarried({ ...base, ...request }, "anthropic")?.path ?? null;
    assert.equal(named(rest({ n: 2 })), "n");
    assert.equal(named({ responseFormat: { kind: "json" } }), "response_format");
    assert.equal(
      named({ messages: [message, ...(says({ kind: "image", source: file }).messages ?? [])] }),
      "messages.[1]",
    );
  });
});
