import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest } from "../../canonical/request.ts";
import { invokeProvider } from "../codec.ts";
import {
  ClaudeInvocation,
  NativeInvocation,
  readInvokeRequest,
  type InvokeRequest,
} from "./invoke-request.ts";
import { bytesOf, canonicalOf, haiku, hi, jsonOf, llama, nova } from "../request-fixture.ts";

const read = (json: unknown, model: string = haiku, stream = false): InvokeRequest => {
  const request = readInvokeRequest(bytesOf(json), { model, stream });
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
};

const refusalOf = (json: unknown, model: string = haiku): string => {
  const request = readInvokeRequest(bytesOf(json), { model, stream: false });
  return request.ok ? "ok" : `${request.code} ${request.path}`;
};

const version = "bedrock-2023-05-31";
const claude = {
  anthropic_version: version,
  max_tokens: 50,
  messages: [{ role: "user", content: "Hi" }],
};

describe("a native body for Claude", () => {
  test("is told by its version, whatever the model is called", () => {
    assert.ok(read(claude, "sonnet") instanceof ClaudeInvocation);
    assert.ok(read({ prompt: "Hi", max_tokens: 5 }, "sonnet") instanceof NativeInvocation);
  });

  test("is read as a message request; model and streaming stand in the path", () => {
    const body = { ...claude, metadata: { user_id: "u" }, system: "Be brief" };
    const { facts } = read(body, haiku, true);
    assert.deepEqual(
      [facts.model, facts.stream, facts.streamUsage, facts.maxTokens, facts.user],
      [haiku, true, true, 50, "u"],
    );
    assert.equal(facts.size.textBytes, 10);
  });

  test("is refused as a message request is", () => {
    const invalid = "invalid_value";
    assert.equal(
      refusalOf({ anthropic_version: version, messages: [] }),
      "missing_field max_tokens",
    );
    assert.equal(refusalOf({ ...claude, top_k: "5" }), `${invalid} top_k`);
    assert.equal(refusalOf({ ...claude, model: "x" }), "duplicate_field model");
    assert.equal(refusalOf({ ...claude, stream: true }), "duplicate_field stream");
    assert.equal(refusalOf({ ...claude, messages: "x" }), `${invalid} messages`);
    assert.equal(refusalOf("{"), "invalid_json null");
    assert.equal(refusalOf("[]"), "invalid_json null");
  });

  const odd =
    '{ "messages": [{"role":"user","content":"caf\\u00e9"}],\n"max_tokens" : 5,' +
    ` "anthropic_version":"${version}", "x": 9007199254740993 }`;

  test("WIR-10 passes as the same bytes when nothing changes", () => {
    const bytes = Buffer.from(odd);
    const request = readInvokeRequest(bytes, { model: "sonnet", stream: true });
    assert.ok(request.ok);
    assert.equal(request.value.rewrite({}), bytes);
    assert.equal(request.value.rewrite({ maxTokens: 5, model: haiku, streamUsage: true }), bytes);
  });

  test("WIR-10 gets another limit and defaults, the rest stays", () => {
    assert.equal(
      read(odd, "sonnet").rewrite({ maxTokens: 77, model: haiku }).toString(),
      odd.replace(": 5,", ": 77,"),
    );
    const defaults = { temperature: 0.3 };
    assert.equal(
      read(odd, 'a"b').rewrite({ defaults, model: haiku }).toString(),
      odd.replace("{ ", '{"temperature":0.3, '),
    );
  });

  test("is canonical without the words that only Bedrock has", () => {
    const beta = { ...claude, anthropic_beta: ["x"], thinking: { type: "disabled" } };
    const canonical = read(beta, haiku, true).toCanonical();
    assert.ok(canonical.ok);
    const { dialect, model, stream, maxTokens, rest } = canonical.value;
    assert.deepEqual([dialect, model, stream, maxTokens], ["anthropic", haiku, true, 50]);
    assert.deepEqual({ ...rest }, { anthropic_beta: ["x"], thinking: { type: "disabled" } });
  });
});

describe("WIR-13 an alias's defaults in a native body for Claude", () => {
  const defaults = { defaults: { temperature: 0.3 } };
  const written = (version: string): unknown =>
    JSON.parse(
      read({ ...claude, temperature: undefined, anthropic_version: version }, haiku, false)
        .rewrite(defaults)
        .toString("utf8"),
    ).temperature;

  test("are left out under the version of the API that refuses them", () => {
    assert.equal(written("2026-10-21"), undefined);
    assert.equal(written("bedrock-2023-05-31"), 0.3);
  });
});

describe("native bodies of other families", () => {
  const nothing = Buffer.alloc(0);
  type Row = readonly [model: string, body: object, limit: number | null, with9: object];
  const table: Readonly<Record<string, Row>> = {
    nova: [
      nova,
      { inferenceConfig: { maxTokens: 5, topK: 1 }, messages: [hi] },
      5,
      { inferenceConfig: { maxTokens: 9, topK: 1 }, messages: [hi] },
    ],
    "nova by its other name": [
      nova,
      { inferenceConfig: { max_new_tokens: 5 } },
      5,
      { inferenceConfig: { max_new_tokens: 9 } },
    ],
    "nova without a limit": [nova, { x: 1 }, null, { inferenceConfig: { maxTokens: 9 }, x: 1 }],
    titan: [
      "amazon.titan-text-express-v1",
      { inputText: "a", textGenerationConfig: { maxTokenCount: 5 } },
      5,
      { inputText: "a", textGenerationConfig: { maxTokenCount: 9 } },
    ],
    llama: [llama, { prompt: "a", max_gen_len: 5 }, 5, { prompt: "a", max_gen_len: 9 }],
    "llama without a limit": [llama, { prompt: "a" }, null, { max_gen_len: 9, prompt: "a" }],
    mistral: [
      "mistral.mistral-7b-instruct-v0:2",
      { prompt: "a" },
      null,
      { max_tokens: 9, prompt: "a" },
    ],
    openai: [
      "openai.gpt-oss-20b-1:0",
      { messages: [], max_tokens: 5 },
      5,
      { messages: [], max_tokens: 9 },
    ],
    "an old Claude": [
      "anthropic.claude-v2",
      { prompt: "a", max_tokens_to_sample: 5 },
      5,
      { prompt: "a", max_tokens_to_sample: 9 },
    ],
    "an embedding": ["amazon.titan-embed-text-v2:0", { inputText: "a" }, null, { inputText: "a" }],
    "a family that nobody knows": ["new.model-v1", { prompt: "a" }, null, { prompt: "a" }],
  };
  for (const [what, [model, body, limit, with9]] of Object.entries(table)) {
    test(what, () => {
      const bytes = bytesOf(body);
      const request = readInvokeRequest(bytes, { model, stream: false });
      assert.ok(request.ok);
      assert.equal(request.value.facts.maxTokens, limit);
      assert.equal(request.value.rewrite({}), bytes);
      assert.equal(
        request.value.rewrite({ maxTokens: 9, model }).toString(),
        JSON.stringify(with9),
      );
    });
  }

  test("an alias is of the family of what it stands for", () => {
    const request = read({ prompt: "a" }, "my-llama");
    assert.equal(
      request.rewrite({ maxTokens: 9, model: llama }).toString(),
      '{"max_gen_len":9,"prompt":"a"}',
    );
    assert.equal(request.rewrite({ maxTokens: 9 }).toString(), '{"prompt":"a"}');
  });

  test("their size is that of the body, where there may be pictures nobody knows it", () => {
    const body = { prompt: "x".repeat(100) };
    assert.equal(read(body, llama).facts.size.textBytes, 113);
    assert.equal(read(body, llama).facts.size.references, 1);
    assert.equal(read(body, "cohere.command-r-v1:0").facts.size.references, 0);
  });

  test("WIR-13 they are passed on and never translated", () => {
    const canonical = read({ prompt: "a" }, llama).toCanonical();
    assert.deepEqual(
      [canonical.ok, canonical.ok || canonical.code],
      [false, "unsupported_by_target"],
    );
  });

  test("SEC-5 a limit that stands twice is refused", () => {
    assert.equal(
      refusalOf('{"max_gen_len":1,"max_gen_len":9}', llama),
      "duplicate_field max_gen_len",
    );
    const twice = '{"inferenceConfig":{"maxTokens":1,"maxTokens":9}}';
    assert.equal(refusalOf(twice, nova), "duplicate_field inferenceConfig.maxTokens");
  });

  test("what is no object is refused", () => {
    const request = readInvokeRequest(nothing, { model: llama, stream: false });
    assert.deepEqual([request.ok, request.ok || request.code], [false, "invalid_json"]);
  });
});

describe("a native body for Claude of another dialect's request", () => {
  const request = (changes: Partial<CanonicalRequest> = {}): CanonicalRequest => ({
    ...canonicalOf({ inferenceConfig: { maxTokens: 9 } }),
    stream: true,
    ...changes,
  });
  const refusal = (changes: Partial<CanonicalRequest>, model = haiku): string => {
    const written = invokeProvider.writeRequest(request(changes), model);
    return written.ok ? "ok" : `${written.code} ${written.path}`;
  };

  test("has neither model nor stream, and the version of Bedrock", () => {
    const written = invokeProvider.writeRequest(request(), haiku);
    assert.ok(written.ok);
    assert.deepEqual(jsonOf(written.value.bytes), {
      anthropic_version: version,
      max_tokens: 9,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    });
  });

  test("is read back as what was written", () => {
    const written = invokeProvider.writeRequest(request(), haiku);
    assert.ok(written.ok);
    const again = read(written.value.bytes.toString(), haiku, true).toCanonical();
    assert.ok(again.ok);
    assert.deepEqual(again.value.messages, request().messages);
  });

  test("is not written for other families", () => {
    assert.equal(refusal({}, llama), "unsupported_by_target model");
    assert.equal(
      refusal({}, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/mine"),
      "ok",
    );
  });

  test("WIR-13 members of Anthropic's that Bedrock refuses do not go there", () => {
    const said = (rest: Record<string, unknown>) => ({ dialect: "anthropic", rest }) as const;
    assert.equal(refusal(said({ inference_geo: "eu" })), "unsupported_by_target inference_geo");
    assert.equal(refusal(said({ x_new: 1 })), "unsupported_by_target x_new");
    assert.equal(refusal(said({ container: "c" })), "unsupported_by_target container");
    const file = { kind: "document", source: { kind: "file", id: "f" } } as const;
    const messages = [{ role: "user", parts: [file] }] as const;
    assert.equal(refusal({ dialect: "anthropic", messages }), "unsupported_by_target messages.[0]");
    const tuned = request(
      said({
        speed: "fast",
        service_tier: "auto",
        diagnostics: { previous_message_id: "m" },
        cache_control: { type: "ephemeral" },
        thinking: { type: "adaptive" },
      }),
    );
    const written = invokeProvider.writeRequest(tuned, haiku);
    assert.ok(written.ok);
    assert.deepEqual(Object.keys(jsonOf(written.value.bytes)).toSorted(), [
      "anthropic_version",
      "max_tokens",
      "messages",
      "thinking",
    ]);
    assert.deepEqual(written.value.dropped.toSorted(), [
      "auto_cache",
      "diagnostics",
      "service_tier",
    ]);
  });

  test("WIR-13 citations of earlier answers go back to Claude on Bedrock", () => {
    const text = { kind: "text", text: "a", citations: [{ type: "char_location" }] } as const;
    const cited = request({ dialect: "anthropic", messages: [{ role: "user", parts: [text] }] });
    const written = invokeProvider.writeRequest(cited, haiku);
    assert.ok(written.ok);
    assert.match(written.value.bytes.toString(), /char_location/);
    assert.deepEqual(written.value.dropped, []);
  });

  test("WIR-13 a file by its URL is refused", () => {
    const source = { kind: "url", url: "https://example.com/a.png" } as const;
    const image = { kind: "image", source } as const;
    const result = { kind: "toolResult", id: "t", parts: [image] } as const;
    for (const part of [image, result]) {
      const messages = [{ role: "user", parts: [part] }] as const;
      assert.equal(refusal({ messages }), "unsupported_by_target messages");
    }
  });
});
