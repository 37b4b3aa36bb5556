import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { readInvokeRequest } from "@sekisho/wire/bedrock/invoke/invoke-request.ts";
import type { HeaderFeature } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { carriageRefusal } from "./carriage-refusal.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const nova = "us.amazon.nova-pro-v1:0";

const content = [{ text: "Hi" }];
const inNova = { messages: [{ role: "user", content }] };
const inClaude = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 5,
  messages: [{ role: "user", content: "Hi" }],
};
const video = { format: "mp4", source: { bytes: "AAAA" } };
const withVideo = { messages: [{ role: "user", content: [...content, { video }] }] };
const inLlama = { prompt: "Hi" };

const refusal = (
  body: object,
  api: TargetApi,
  model: string,
  headerFeatures: readonly HeaderFeature[] = [],
): string | null => {
  const read = readInvokeRequest(Buffer.from(JSON.stringify(body)), {
    model: "fast",
    stream: false,
  });
  assert.ok(read.ok);
  const request = { surface: "bedrock.invoke", read: read.value } as const;
  const canonical = () => read.value.toCanonical();
  const failure = carriageRefusal({ ...request, canonical, headerFeatures }, api, model);
  return failure === null ? null : `${failure.code}: ${failure.message}`;
};

describe("WIR-13 a native body on its way to a target", () => {
  test("takes a guardrail of its headers along, or is refused with the header's name", () => {
    const header = "x-amzn-bedrock-guardrailidentifier";
    const asked = [{ feature: "guardrails", header, isPremium: false }] as const;
    assert.equal(refusal(inClaude, "bedrock.invoke", haiku, asked), null);
    for (const api of ["openai.chat", "anthropic.messages", "bedrock.converse"] as const) {
      const said = refusal(inClaude, api, haiku, asked) ?? "";
      assert.match(said, /^unsupported_by_target: .+"x-amzn-bedrock-guardrailidentifier"/);
    }
    const trace = [
      { feature: "diagnostics", header: "x-amzn-bedrock-trace", isPremium: false },
    ] as const;
    assert.equal(refusal(inClaude, "openai.chat", "gpt-4", trace), null);
  });

  test("passes to a model of its words, whatever it asks for", () => {
    assert.equal(refusal(withVideo, "bedrock.invoke", nova), null);
    assert.equal(refusal(inClaude, "bedrock.invoke", haiku), null);
    assert.equal(refusal(inLlama, "bedrock.invoke", haiku), null);
  });

  test("is translated for others", () => {
    for (const api of ["openai.chat", "anthropic.messages", "bedrock.converse"] as const) {
      assert.equal(refusal(inNova, api, "m"), null);
      assert.equal(refusal(inClaude, api, "m"), null);
    }
    assert.equal(refusal(inNova, "bedrock.invoke", haiku), null);
  });

  test("is refused by InvokeModel alone for a model whose words are not written here", () => {
    assert.equal(
      refusal(inClaude, "bedrock.invoke", nova),
      "unsupported_by_target: Cannot write the request: " +
        "of native bodies Claude's alone are written here, use Converse",
    );
  });

  test("with a file by its URL is planned: what stands there is fetched behind the plan", () => {
    const source = { type: "url", url: "https://example.com/a" };
    const image = { type: "image", source };
    const withFile = {
      ...inClaude,
      messages: [
        { role: "user", content: [image, { type: "document", source }] },
        { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "t", content: [image] }],
        },
      ],
    };
    assert.equal(refusal(withFile, "bedrock.converse", nova), null);
    assert.equal(refusal(withFile, "anthropic.messages", "m"), null);
  });

  test("is refused where the canonical shape has no word for what it holds", () => {
    assert.match(
      refusal(withVideo, "openai.chat", "m") ?? "",
      /^unsupported_by_target: .* only a model of Nova .*"messages\.\[0\]\.content\.\[1\]"$/,
    );
    assert.match(refusal(inLlama, "openai.chat", "m") ?? "", /^unsupported_by_target: /);
  });
});
