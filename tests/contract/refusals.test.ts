import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { wordsOfApi } from "@sekisho/gateway/target-api.ts";
import {
  carriage,
  type CarriageRow,
  type Feature,
  type TargetDialect,
} from "@sekisho/wire/canonical/carriage.data.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { contractConfig } from "./contract-config.ts";
import { paper } from "./library.ts";
import { allTargets } from "./targets/all-targets.ts";
import type { ContractTarget } from "./targets/contract-target.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config: contractConfig });
});
after(() => gateway[Symbol.asyncDispose]());

/** A surface's words for a question that asks for one feature. */
interface Asking {
  readonly feature: Feature;
  readonly members: object;
}

interface SurfaceWords {
  /** Null where no target has them. */
  readonly words: TargetDialect | null;
  readonly path: (model: string) => string;
  readonly body: (model: string, members: object) => object;
  readonly askings: readonly Asking[];
}

const user = (...content: object[]) => ({ messages: [{ role: "user", content }] });

const input = (content: object[]) => ({ input: [{ role: "user", content }] });

const document = {
  type: "document",
  source: { type: "base64", media_type: "application/pdf", data: paper.toString("base64") },
};

/** What Anthropic's messages and native bodies of Claude's ask for in the same words. */
const claudeAskings: readonly Asking[] = [
  {
    feature: "server_tools",
    members: { tools: [{ type: "web_search_20250305", name: "web_search" }] },
  },
  {
    feature: "server_tools",
    members: { mcp_servers: [{ type: "url", url: "https://a", name: "a" }] },
  },
  { feature: "data_residency", members: { inference_geo: "us" } },
  {
    feature: "document_context",
    members: user({ ...document, context: "A note" }, { type: "text", text: "Read" }),
  },
  {
    feature: "document_citations",
    members: user({ ...document, citations: { enabled: true } }, { type: "text", text: "Read" }),
  },
  {
    feature: "file_id",
    members: user(
      { type: "document", source: { type: "file", file_id: "file_1" } },
      { type: "text", text: "Read" },
    ),
  },
  { feature: "unknown_field", members: { x_new: { a: 1 } } },
];

const surfaces: Readonly<Record<string, SurfaceWords>> = {
  "openai.chat": {
    words: "openai",
    path: () => "/v1/chat/completions",
    body: (model, members) => ({ model, ...user({ type: "text", text: "Hello" }), ...members }),
    askings: [
      { feature: "choices", members: { n: 2 } },
      { feature: "logprobs", members: { logprobs: true, top_logprobs: 2 } },
      { feature: "json_mode", members: { response_format: { type: "json_object" } } },
      { feature: "server_tools", members: { web_search_options: { search_context_size: "low" } } },
      { feature: "file_id", members: user({ type: "file", file: { file_id: "file-1" } }) },
      { feature: "unknown_field", members: { x_new: { a: 1 } } },
    ],
  },
  "openai.responses": {
    words: null,
    path: () => "/v1/responses",
    body: (model, members) => ({ model, input: "Hello", ...members }),
    askings: [
      { feature: "json_mode", members: { text: { format: { type: "json_object" } } } },
      { feature: "server_tools", members: { tools: [{ type: "web_search" }] } },
      { feature: "server_tools", members: { tools: [{ type: "mcp", server_label: "a" }] } },
      {
        feature: "file_id",
        members: input([{ type: "input_image", file_id: "file-1" }]),
      },
      {
        feature: "tool_result_media",
        members: {
          input: [
            { role: "user", content: "Hello" },
            { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" },
            {
              type: "function_call_output",
              call_id: "call_1",
              output: [{ type: "input_image", image_url: "data:image/png;base64,AAAA" }],
            },
          ],
        },
      },
      { feature: "unknown_field", members: { x_new: { a: 1 } } },
    ],
  },
  "anthropic.messages": {
    words: "anthropic",
    path: () => "/v1/messages",
    body: (model, members) => ({
      model,
      max_tokens: 50,
      ...user({ type: "text", text: "Hello" }),
      ...members,
    }),
    askings: claudeAskings,
  },
  "bedrock.invoke": {
    words: "anthropic",
    path: (model) => `/model/${model}/invoke`,
    body: (_model, members) => ({
      anthropic_version: "bedrock-2023-05-31",
      max_tokens: 50,
      ...user({ type: "text", text: "Hello" }),
      ...members,
    }),
    askings: claudeAskings.filter(({ feature }) => feature !== "data_residency"),
  },
  "gemini.generateContent": {
    words: "gemini",
    path: (model) => `/v1beta/models/${model}:generateContent`,
    body: (_model, members) => ({ contents: [{ parts: [{ text: "Hello" }] }], ...members }),
    askings: [
      { feature: "server_tools", members: { tools: [{ googleSearch: {} }] } },
      { feature: "file_id", members: { cachedContent: "cachedContents/a" } },
      { feature: "unknown_field", members: { generationConfig: { candidateCount: 2 } } },
      {
        feature: "guardrails",
        members: { safetySettings: [{ category: "c", threshold: "BLOCK_LOW_AND_ABOVE" }] },
      },
      {
        feature: "audio",
        members: {
          contents: [{ parts: [{ inlineData: { mimeType: "audio/wav", data: "AAAA" } }] }],
        },
      },
      { feature: "unknown_field", members: { xNew: { a: 1 } } },
    ],
  },
  "bedrock.converse": {
    words: "bedrock",
    path: (model) => `/model/${model}/converse`,
    body: (_model, members) => ({ ...user({ text: "Hello" }), ...members }),
    askings: [
      {
        feature: "guardrails",
        members: { guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } },
      },
      {
        feature: "document_context",
        members: user(
          {
            document: {
              format: "pdf",
              name: "paper",
              source: { bytes: paper.toString("base64") },
              context: "A note",
            },
          },
          { text: "Read" },
        ),
      },
      {
        feature: "unknown_field",
        members: { additionalModelRequestFields: { x_new: { a: 1 } } },
      },
    ],
  },
};

const refusedAt = (
  { feature }: Asking,
  [name, surface]: readonly [name: string, SurfaceWords],
  target: ContractTarget,
): boolean => {
  const words = wordsOfApi[target.api];
  const row: CarriageRow = carriage[feature];
  return name !== target.api && words !== surface.words && row[words] === "refuse";
};

for (const entry of Object.entries(surfaces)) {
  const [name, surface] = entry;
  for (const target of allTargets) {
    const refused = surface.askings.filter((asking) => refusedAt(asking, entry, target));
    for (const { feature, members } of refused) {
      const what = Object.keys(members).join(", ");
      test(`WIR-13 ${name} × ${target.name}: ${feature} in ${what} is refused`, async () => {
        const already = gateway.simulator.calls().length;
        const body = surface.body(target.model, members);
        const response = await gateway.post(surface.path(target.model), body);
        const text = await response.text();
        assert.equal(response.status, 400, text);
        assert.equal(response.headers.get("x-sekisho-cause"), "unsupported_by_target", text);
        const [field = ""] = Object.keys(members);
        assert.ok(text.includes(field), `the field is named: ${text}`);
        assert.equal(gateway.simulator.calls().length, already, "no provider was asked");
      });
    }
  }
}
