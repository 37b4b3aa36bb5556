import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";

import { breaksAll } from "../ai-sdk/proof.ts";
import { writeCall } from "../ai-sdk/write-request.ts";
import { messagesProvider } from "../anthropic/codec.ts";
import { base, sampling } from "../anthropic/request-fixture.ts";
import { converseProvider, invokeProvider } from "../bedrock/codec.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { generateProvider } from "../gemini/codec.ts";
import { chatProvider } from "../openai/codec.ts";
import { ok } from "../result.ts";
import type { Feature } from "./carriage.data.ts";
import type { ProviderCodec } from "./codec.ts";
import type { CanonicalRequest, Message, Part } from "./request.ts";

/** What a request asks for, and what shows in a body that it was said. */
interface Asking {
  readonly feature: Feature;
  readonly asks: Partial<CanonicalRequest>;
  readonly shows: RegExp;
  /** The one whose words `asks` are in; null for any. */
  readonly dialect?: CanonicalRequest["dialect"];
}

const says = (...parts: Part[]): Partial<CanonicalRequest> => ({
  messages: [{ role: "user", parts }],
});
const answered = (...parts: Part[]): Partial<CanonicalRequest> => ({
  messages: [{ role: "assistant", parts }],
});
const rest = (members: Record<string, unknown>): Partial<CanonicalRequest> => ({ rest: members });
const chosen = (changes: Partial<CanonicalRequest["sampling"]>): Partial<CanonicalRequest> => ({
  sampling: { ...sampling, ...changes },
});
const text = (said: string): Part => ({ kind: "text", text: said });
const bytes = (mediaType: string) => ({ kind: "base64", mediaType, data: "AAAA" }) as const;
const pdf = bytes("application/pdf");
const tool = { name: "tool_mark", description: null, parameters: null, strict: null };
const failed = { kind: "toolResult", id: "t", parts: [text("no")], isError: true } as const;
const point = { kind: "cachePoint", ttl: "1h" } as const;
const schema = { type: "object", properties: { schema_mark: {} } };

const inAnyWords: readonly Asking[] = [
  {
    feature: "json_schema",
    asks: {
      responseFormat: { kind: "schema", name: "n", schema, strict: null, description: null },
    },
    shows: /schema_mark/,
  },
  { feature: "stop", asks: { stop: ["stop_mark"] }, shows: /stop_mark/ },
  { feature: "tools", asks: { tools: [tool] }, shows: /tool_mark/ },
  {
    feature: "tool_choice",
    asks: { tools: [tool], toolChoice: { kind: "required" } },
    shows: /"tool_?[cC](?:hoice|onfig)":/,
  },
  {
    feature: "parallel_tools",
    asks: { tools: [tool], parallelTools: false },
    shows: /parallel_tool_calls":false|disable_parallel_tool_use":true/,
  },
  {
    feature: "tool_examples",
    asks: { tools: [{ ...tool, examples: [{ example_mark: 1 }] }] },
    shows: /example_mark/,
  },
  {
    feature: "cache_points",
    asks: { tools: [{ ...tool, cachePoint: "1h" }] },
    shows: /"ttl":"1h"/,
  },
  { feature: "cache_points", asks: says(text("a"), point), shows: /"ttl":"1h"/ },
  { feature: "cache_points", asks: says(point, text("a")), shows: /"ttl":"1h"/ },
  {
    feature: "mid_system",
    asks: { messages: [{ role: "system", parts: [text("mid_mark")] }] },
    shows: /mid_mark/,
  },
  {
    feature: "image_url",
    asks: says({ kind: "image", source: { kind: "url", url: "https://image_mark" } }),
    shows: /image_mark/,
  },
  {
    feature: "image_bytes",
    asks: says({ kind: "image", source: bytes("image/png") }),
    shows: /png/,
  },
  {
    feature: "image_detail",
    asks: says({ kind: "image", source: bytes("image/png"), detail: "low" }),
    shows: /"detail":"low"/,
  },
  {
    feature: "document_url",
    asks: says({ kind: "document", source: { kind: "url", url: "https://document_mark" } }),
    shows: /document_mark/,
  },
  { feature: "document_bytes", asks: says({ kind: "document", source: pdf }), shows: /pdf/ },
  {
    feature: "document_context",
    asks: says({ kind: "document", source: pdf, context: "context_mark" }),
    shows: /context_mark/,
  },
  {
    feature: "document_citations",
    asks: says({ kind: "document", source: pdf, citations: true }),
    shows: /"citations":\{"enabled":true/,
  },
  {
    feature: "tool_result_media",
    asks: says({ ...failed, parts: [{ kind: "image", source: bytes("image/gif") }] }),
    shows: /gif/,
  },
  {
    feature: "tool_error",
    asks: says(failed),
    shows: /"is_error":true|"status":"error"|"error-text"/,
  },
  {
    feature: "reasoning_plain",
    asks: answered({ kind: "reasoning", text: "plain_mark" }, text("a")),
    shows: /plain_mark/,
  },
  {
    feature: "participant_names",
    asks: { messages: [{ role: "user", parts: [text("a")], name: "name_mark" }] },
    shows: /name_mark/,
  },
  { feature: "temperature", asks: chosen({ temperature: 0.123 }), shows: /0\.123/ },
  { feature: "temperature", asks: chosen({ temperature: 1.77 }), shows: /1\.77/ },
  { feature: "top_p", asks: chosen({ topP: 0.977 }), shows: /0\.977/ },
  { feature: "top_k", asks: chosen({ topK: 77 }), shows: /"top_?[kK]":77/ },
  { feature: "seed", asks: chosen({ seed: 4242 }), shows: /4242/ },
  { feature: "frequency_penalty", asks: chosen({ frequencyPenalty: 0.321 }), shows: /0\.321/ },
  { feature: "presence_penalty", asks: chosen({ presencePenalty: 0.432 }), shows: /0\.432/ },
  { feature: "user", asks: { user: "user_mark" }, shows: /user_mark/ },
  { feature: "metadata", asks: { metadata: { a: "metadata_mark" } }, shows: /metadata_mark/ },
  { feature: "metadata", asks: { metadata: { odd: "日本" } }, shows: /日本/ },
];

const inWords = (
  dialect: CanonicalRequest["dialect"],
  askings: readonly (readonly [Feature, Record<string, unknown>, RegExp])[],
): Asking[] =>
  askings.map(([feature, said, shows]) => ({ feature, asks: rest(said), shows, dialect }));

const fields = (members: object) => ({ additionalModelRequestFields: members });
const inOwnWords: readonly Asking[] = [
  ...inWords("openai", [
    ["choices", { n: 2 }, /"n":2/],
    ["logprobs", { logprobs: true }, /"logprobs":true/],
    ["server_tools", { web_search_options: { a: 1 } }, /web_search_options/],
    ["audio", { modalities: ["text", "audio"] }, /modalities/],
    ["logit_bias", { logit_bias: { "1": 5 } }, /logit_bias/],
    ["extra_sampling", { min_p: 0.1 }, /min_p/],
    ["reasoning_effort", { reasoning_effort: "low" }, /reasoning_effort|"reasoning":"low"/],
    ["verbosity", { verbosity: "low" }, /verbosity/],
    ["prediction", { prediction: { type: "content" } }, /prediction/],
    ["cache_hints", { prompt_cache_key: "k" }, /prompt_cache_key/],
    ["service_tier", { service_tier: "flex" }, /service_tier/],
    ["storage", { store: true }, /"store":true/],
    ["unknown_field", { of_tomorrow: 1 }, /of_tomorrow/],
  ]),
  ...inWords("anthropic", [
    ["server_tools", { container: "c" }, /"container":"c"/],
    ["data_residency", { inference_geo: "eu" }, /inference_geo/],
    ["thinking", { thinking: { type: "enabled", budget_tokens: 1024 } }, /budget/i],
    ["thinking", { output_config: { effort: "low" } }, /"effort":"low"/],
    ["context_editing", { context_management: { edits: [1] } }, /context_management/],
    ["auto_cache", { cache_control: { type: "ephemeral" } }, /"cache_control":\{"type":"eph/],
    ["service_tier", { speed: "fast" }, /"speed":"fast"/],
    ["diagnostics", { diagnostics: { a: 1 } }, /diagnostics/],
    ["unknown_field", { of_tomorrow: 1 }, /of_tomorrow/],
  ]),
  ...inWords("bedrock", [
    ["guardrails", { guardrailConfig: { guardrailIdentifier: "g" } }, /guardrailConfig/],
    ["service_tier", { serviceTier: { type: "flex" } }, /serviceTier/],
    ["diagnostics", { additionalModelResponseFieldPaths: ["/a"] }, /ResponseFieldPaths/],
    ["thinking", fields({ thinking: { type: "enabled", budget_tokens: 9 } }), /budget/i],
    ["unknown_field", fields({ of_tomorrow: 1 }), /of_tomorrow/],
  ]),
];

const geminiThinking = "generationConfig.thinkingConfig";
const inGeminisWords: readonly Asking[] = inWords("gemini", [
  ["unknown_field", { "generationConfig.candidateCount": 2 }, /candidateCount/],
  ["unknown_field", { "generationConfig.responseLogprobs": true }, /responseLogprobs/],
  ["guardrails", { safetySettings: [{ threshold: "BLOCK_LOW_AND_ABOVE" }] }, /BLOCK_LOW/],
  ["file_id", { cachedContent: "c" }, /cachedContent/],
  ["gemini_options", { labels: { a: "b" } }, /labels/],
  ["service_tier", { serviceTier: "priority" }, /serviceTier/],
  ["thinking", { [geminiThinking]: { thinkingBudget: 2048 } }, /2048/],
  ["thinking", { [geminiThinking]: { thinkingBudget: 0 } }, /disabled|thinkingBudget/],
  ["thinking", { [geminiThinking]: { includeThoughts: true } }, /1024|includeThoughts/],
  ["gemini_options", { "generationConfig.mediaResolution": "x" }, /mediaResolution/],
  ["audio", { "generationConfig.speechConfig": { a: 1 } }, /speechConfig/],
  ["unknown_field", { "toolConfig.retrievalConfig": { a: 1 } }, /retrievalConfig/],
  ["unknown_field", { ofTomorrow: 1 }, /ofTomorrow/],
]);

/** No request has these beside those above: one format, and a number is the request's `topK`. */
const alone: readonly Asking[] = [
  ...inGeminisWords,
  {
    feature: "json_mode",
    asks: { responseFormat: { kind: "json" } },
    shows: /json_object|application\/json|"type":"json"/,
  },
  ...inWords("bedrock", [["unknown_field", fields({ top_k: "x" }), /"top_k":"x"/]]),
];

const claude = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
type Writer = Pick<ProviderCodec, "writeRequest">;

/** A package is handed an object: its JSON shows what is said in it. */
const packageWriter: Writer = {
  writeRequest(request) {
    const written = writeCall(request, breaksAll);
    if (!written.ok) return written;
    const { options, dropped } = written.value;
    return ok({ bytes: Buffer.from(JSON.stringify(options)), dropped });
  },
};

const targets: Readonly<Record<string, readonly [Writer, model: string]>> = {
  openai: [chatProvider("max_tokens"), "gpt-5"],
  "anthropic, new": [messagesProvider("2023-06-01"), "claude-opus-4-8"],
  "anthropic, old": [messagesProvider("2023-06-01"), "claude-3-haiku-20240307"],
  "converse, Claude": [converseProvider, claude],
  "converse, Nova": [converseProvider, "us.amazon.nova-pro-v1:0"],
  "converse, Llama": [converseProvider, "us.meta.llama3-3-70b-instruct-v1:0"],
  "converse, somebody's": [converseProvider, "my-own"],
  invoke: [invokeProvider, claude],
  gemini: [generateProvider, "gemini-2.5-flash"],
  "gemini, old": [generateProvider, "gemini-1.5-pro"],
  "a package of the AI SDK": [packageWriter, "any"],
};

/** Fields for the model stand side by side. */
function joinedRest(one: JsonObject, other: JsonObject): JsonObject {
  const fields = [one, other].map((said) => said["additionalModelRequestFields"]).filter(isObject);
  const [first, last] = fields;
  const both = first === undefined ? {} : { additionalModelRequestFields: { ...first, ...last } };
  return { ...one, ...other, ...both };
}

/** All of them in one request. */
function joined(
  askings: readonly Asking[],
  dialect: CanonicalRequest["dialect"],
): CanonicalRequest {
  let request: CanonicalRequest = { ...base, dialect };
  const messages: Message[] = [...base.messages];
  for (const { asks } of askings) {
    messages.push(...(asks.messages ?? []));
    const { temperature, topP, topK, seed, ...penalties } = asks.sampling ?? sampling;
    request = {
      ...request,
      ...asks,
      rest: joinedRest(request.rest, asks.rest ?? {}),
      metadata: { ...request.metadata, ...asks.metadata },
      tools: [...request.tools, ...(asks.tools ?? [])],
      sampling: {
        temperature: temperature ?? request.sampling.temperature,
        topP: topP ?? request.sampling.topP,
        topK: topK ?? request.sampling.topK,
        seed: seed ?? request.sampling.seed,
        frequencyPenalty: penalties.frequencyPenalty ?? request.sampling.frequencyPenalty,
        presencePenalty: penalties.presencePenalty ?? request.sampling.presencePenalty,
      },
    };
  }
  return { ...request, messages };
}

/** Those that no part of the body shows, and no name in `dropped`; null when it is refused. */
function lostOf(
  askings: readonly Asking[],
  dialect: CanonicalRequest["dialect"],
  [codec, model]: readonly [Writer, string],
): readonly Feature[] | null {
  const written = codec.writeRequest(joined(askings, dialect), model);
  if (!written.ok) return null;
  const { dropped } = written.value;
  assert.equal(new Set(dropped).size, dropped.length, "each name once");
  const body = written.value.bytes.toString("utf8");
  return askings
    .filter(({ feature, shows }) => !shows.test(body) && !dropped.includes(feature))
    .map(({ feature }) => feature);
}

const dialects = ["openai", "anthropic", "bedrock", "gemini"] as const;

describe("WIR-13 what is asked for is written, named in what is dropped, or refused", () => {
  for (const [name, target] of Object.entries(targets)) {
    test(`${name}: each alone, in the words of each dialect`, () => {
      for (const asking of [...inAnyWords, ...inOwnWords, ...alone]) {
        for (const dialect of dialects) {
          if ((asking.dialect ?? dialect) !== dialect) continue;
          const lost = lostOf([asking], dialect, target) ?? [];
          assert.deepEqual(lost, [], `${dialect}: ${JSON.stringify(asking.asks)}`);
        }
      }
    });
  }

  test("several together", () => {
    let written = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(targets)),
        fc.constantFrom(...dialects),
        fc.subarray([...inAnyWords, ...inOwnWords], { maxLength: 6 }),
        (target, dialect, picked) => {
          const askings = picked.filter((asking) => (asking.dialect ?? dialect) === dialect);
          const ofOneFeature = new Map(askings.map((asking) => [asking.feature, asking]));
          const lost = lostOf([...ofOneFeature.values()], dialect, target);
          if (lost === null) return;
          written += 1;
          assert.deepEqual(lost, []);
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(written > 300, `${written} of 3000 written`);
  });
});
