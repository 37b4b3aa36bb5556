import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest } from "../../canonical/request.ts";
import { ConverseInvocation } from "./converse-invocation.ts";
import { NativeInvocation, readInvokeRequest, type Invocation } from "./invoke-request.ts";
import { bytesOf, canonicalOf, haiku, hi, llama, nova } from "../request-fixture.ts";

const read = (json: unknown, model = "fast", stream = false): Invocation => {
  const request = readInvokeRequest(bytesOf(json), { model, stream });
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
};

const refusalOf = (json: unknown, model = "fast"): string => {
  const request = readInvokeRequest(bytesOf(json), { model, stream: false });
  return request.ok ? "ok" : `${request.code} ${request.path}`;
};

const canonical = (json: object, model = "fast"): CanonicalRequest => {
  const made = read(json, model).toCanonical();
  assert.ok(made.ok, made.ok ? "" : made.message);
  return made.value;
};

const untranslated = (json: object, model = "fast"): string => {
  const made = read(json, model).toCanonical();
  return made.ok ? "ok" : `${made.code} ${made.path}: ${made.message}`;
};

const messages = [hi];
const schemaVersion = "messages-v1";
const withBlock = (...content: readonly unknown[]): object => ({
  messages: [{ role: "user", content }],
});

describe("WIR-13 whose words a native body uses", () => {
  type Row = readonly [body: object, model: string, words: string | null];
  const typed = { role: "user", content: [{ type: "text", text: "Hi" }] };
  const plain = { role: "user", content: "Hi" };
  const table: Readonly<Record<string, Row>> = {
    "Nova by its schema": [{ schemaVersion, messages }, "fast", "nova"],
    "Nova by its blocks": [{ messages }, "fast", "nova"],
    "Nova by its blocks, whatever model the path names": [{ messages }, llama, "nova"],
    "Nova by the model alone": [{ messages: [{ role: "user", content: [] }] }, nova, "nova"],
    "Claude by its version, although its blocks look like Nova's": [
      { anthropic_version: "bedrock-2023-05-31", max_tokens: 5, messages: [typed] },
      nova,
      "claude",
    ],
    "Titan Text by its configuration": [
      { inputText: "Hi", textGenerationConfig: {} },
      "fast",
      "titan-text",
    ],
    "Titan Text by the model": [{ inputText: "Hi" }, "amazon.titan-text-lite-v1", "titan-text"],
    "a text to embed, or not": [{ inputText: "Hi" }, "fast", null],
    "a text to embed": [
      { inputText: "Hi", textGenerationConfig: {} },
      "amazon.titan-embed-text-v2:0",
      null,
    ],
    "an embedding of Nova's": [
      { schemaVersion: "nova-multimodal-embed-v1", taskType: "SINGLE_EMBEDDING" },
      "amazon.nova-2-multimodal-embeddings-v1:0",
      null,
    ],
    "a picture of Nova's": [{ taskType: "TEXT_IMAGE" }, "amazon.nova-canvas-v1:0", null],
    "another schema": [{ schemaVersion: "messages-v9", messages }, nova, null],
    "blocks with a type": [{ messages: [typed] }, "fast", null],
    "a block that is neither's": [withBlock({ text: "a" }, { hologram: {} }), "fast", null],
    "contents that are texts": [{ messages: [plain] }, "fast", null],
    "one content that is a text": [{ messages: [hi, plain] }, "fast", null],
    "no blocks at all": [{ messages: [{ role: "user", content: [] }] }, "fast", null],
    "no messages at all": [{ messages: [] }, "fast", null],
    "a prompt": [{ prompt: "Hi" }, "fast", null],
  };
  for (const [what, [body, model, words]] of Object.entries(table)) {
    test(what, () => {
      const request = read(body, model);
      assert.equal(request.facts.nativeWords ?? null, words);
      assert.equal(request instanceof NativeInvocation, words === null);
    });
  }

  test("words that nobody here knows are translated to none", () => {
    assert.match(untranslated({ messages: [typed] }), /^unsupported_by_target body: .*Nova/);
  });
});

const tool = {
  toolSpec: { name: "f", description: "d", inputSchema: { json: { type: "object" } } },
};
const full = {
  schemaVersion,
  system: [{ text: "Be brief" }],
  messages: [
    {
      role: "user",
      content: [
        { text: "Look" },
        { image: { format: "png", source: { bytes: "AAAA" } } },
        { document: { name: "d", format: "pdf", source: { bytes: "AAAA" } } },
      ],
    },
    { role: "assistant", content: [{ toolUse: { toolUseId: "t", name: "f", input: { a: 1 } } }] },
    {
      role: "user",
      content: [{ toolResult: { toolUseId: "t", content: [{ json: { b: 2 } }], status: "error" } }],
    },
  ],
  inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, topK: 20, stopSequences: ["."] },
  toolConfig: { tools: [tool], toolChoice: { tool: { name: "f" } } },
};

describe("a native body of Nova's", () => {
  test("is in canonical form what the same body of Converse is", () => {
    const { schemaVersion: _, inferenceConfig, ...rest } = full;
    const { topK, ...config } = inferenceConfig;
    const at = { model: "fast", stream: false };
    assert.deepEqual(
      canonical(full),
      canonicalOf(
        { ...rest, inferenceConfig: config, additionalModelRequestFields: { top_k: topK } },
        at,
      ),
    );
    assert.equal(canonical(full).sampling.topK, 20);
  });

  test("its parameters have other names as well", () => {
    const inferenceConfig = { max_new_tokens: 7, top_p: 0.1, top_k: 3, temperature: 0 };
    const { maxTokens, sampling } = canonical({ messages, inferenceConfig });
    const { temperature, topP, topK } = sampling;
    assert.deepEqual([maxTokens, temperature, topP, topK], [7, 0, 0.1, 3]);
  });

  test("a mark for the cache stands in the block that it follows", () => {
    const cachePoint = { type: "default" };
    const body = {
      system: [{ text: "a", cachePoint }],
      ...withBlock({ text: "b", cachePoint }, { text: "c" }, { cachePoint }),
    };
    const { system, messages: made } = canonical(body);
    const mark = { kind: "cachePoint", ttl: "5m" };
    assert.deepEqual(system, [{ kind: "text", text: "a" }, mark]);
    assert.deepEqual(made[0]?.parts, [
      { kind: "text", text: "b" },
      mark,
      { kind: "text", text: "c" },
      mark,
    ]);
  });

  test("what the gateway must know of it", () => {
    const { facts } = read(full, "fast", true);
    const { size, ...others } = facts;
    assert.deepEqual(others, {
      model: "fast",
      stream: true,
      streamUsage: true,
      maxTokens: 9,
      choices: 1,
      user: null,
      nativeWords: "nova",
    });
    const { messages: count, tools, images, files, references } = size;
    assert.deepEqual([count, tools, images, files, references], [3, 1, 1, 1, 0]);
    assert.equal(size.schemaBytes, JSON.stringify(full.toolConfig).length);
  });

  test("MON-4 how long a video is only the provider knows", () => {
    const video = { format: "mp4", source: { bytes: "AAAA" } };
    assert.equal(read(withBlock({ video })).facts.size.references, 1);
  });
});

describe("what only a model of Nova understands", () => {
  const carries = "Cannot translate the request: only a model of Nova asked by InvokeModel carries";
  const source = { bytes: "AAAA" };
  const first = "messages.[0].content.[0]";
  const table: Readonly<Record<string, readonly [body: object, path: string]>> = {
    "a video": [withBlock({ video: { format: "mp4", source } }), first],
    "a recording": [withBlock({ audio: { format: "mp3", source } }), first],
    "a tool that Nova runs": [
      { messages, toolConfig: { tools: [{ systemTool: { name: "nova_grounding" } }] } },
      "toolConfig.tools.[0]",
    ],
    "how much it is to think": [
      { messages, inferenceConfig: { reasoningConfig: { type: "enabled" } } },
      "inferenceConfig.reasoningConfig",
    ],
    "the same in the other place": [
      { messages, reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } },
      "reasoningConfig",
    ],
    "guardrails of Bedrock": [
      { messages, "amazon-bedrock-guardrailConfig": { tagSuffix: "x" } },
      "amazon-bedrock-guardrailConfig",
    ],
    "a member that nobody knows": [{ messages, future: true }, "future"],
  };
  for (const [what, [body, path]] of Object.entries(table)) {
    test(`WIR-13 is not translated: ${what}`, () => {
      assert.equal(untranslated(body), `unsupported_by_target ${path}: ${carries} "${path}"`);
      assert.deepEqual(read(body).rewrite({}), bytesOf(body));
    });
  }

  test("a member that asks for nothing is no obstacle", () => {
    const off = { reasoningConfig: { type: "disabled" }, toolConfig: null, future: {} };
    assert.equal(untranslated({ messages, ...off, inferenceConfig: { future: null } }), "ok");
  });
});

describe("a native body of Nova's that is wrong", () => {
  const config = (inferenceConfig: unknown): object => ({ messages, inferenceConfig });
  const s3Location = { uri: "s3://bucket/key" };
  const invalid = "invalid_value";
  const at = "messages.[0].content.[0]";
  const table: Readonly<Record<string, readonly [body: object, refusal: string]>> = {
    "no list of messages": [{ schemaVersion, messages: [] }, `${invalid} messages`],
    "a content that is a text": [
      { schemaVersion, messages: [{ role: "user", content: "Hi" }] },
      `${invalid} messages.[0].content`,
    ],
    "an unknown role": [
      { messages: [{ role: "tool", content: [{ text: "a" }] }] },
      `${invalid} messages.[0].role`,
    ],
    "a system that is a text": [{ messages, system: "a" }, `${invalid} system`],
    "a limit of nothing": [
      config({ max_new_tokens: 0 }),
      `${invalid} inferenceConfig.max_new_tokens`,
    ],
    "a limit that is a text": [config({ maxTokens: "5" }), `${invalid} inferenceConfig.maxTokens`],
    "a temperature above one": [
      config({ temperature: 2 }),
      `${invalid} inferenceConfig.temperature`,
    ],
    "a share that is none": [config({ top_p: 2 }), `${invalid} inferenceConfig.top_p`],
    "a half rank": [config({ topK: 0.5 }), `${invalid} inferenceConfig.topK`],
    "a stop that is no list": [
      config({ stopSequences: "." }),
      `${invalid} inferenceConfig.stopSequences`,
    ],
    "a configuration that is none": [config([]), `${invalid} inferenceConfig`],
    "SEC-5 two limits under two names": [
      config({ maxTokens: 1, max_new_tokens: 9 }),
      `${invalid} inferenceConfig.max_new_tokens`,
    ],
    "SEC-5 a limit under a third name": [
      config({ maxTokens: 1, max_tokens: 9 }),
      `${invalid} inferenceConfig.max_tokens`,
    ],
    "SEC-5 a limit in another place": [{ messages, max_tokens: 9 }, `${invalid} max_tokens`],
    "a tool without a schema": [
      { messages, toolConfig: { tools: [{ toolSpec: { name: "f" } }] } },
      "missing_field toolConfig.tools.[0].toolSpec.inputSchema",
    ],
    "an object of S3 as a picture": [
      withBlock({ image: { format: "png", source: { s3Location } } }),
      `${invalid} ${at}.image.source.s3Location`,
    ],
    "an object of S3 as a video": [
      withBlock({ video: { format: "mp4", source: { s3Location } } }),
      `${invalid} ${at}.video.source.s3Location`,
    ],
    "an object of S3 in words that nobody knows": [
      withBlock({ video: { format: "mp4", source: { s3Location } }, more: 1 }),
      `${invalid} ${at}.video.source.s3Location`,
    ],
  };
  for (const [what, [body, refusal]] of Object.entries(table)) {
    test(what, () => assert.equal(refusalOf(body), refusal));
  }

  test("SEC-5 members that stand twice", () => {
    const twice = '{"schemaVersion":"messages-v1","messages":[],"messages":[]}';
    assert.equal(refusalOf(twice), "duplicate_field messages");
    const limit = '{"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":';
    assert.equal(
      refusalOf(`${limit}{"max_new_tokens":1,"max_new_tokens":9}}`),
      "duplicate_field inferenceConfig.max_new_tokens",
    );
  });

  test("a parameter of a tool may be called as the place in S3 is", () => {
    const schema = { properties: { s3Location: { type: "string" } } };
    assert.equal(refusalOf({ prompt: "a", tools: [{ input_schema: schema }] }), "ok");
  });
});

describe("WIR-10 a native body of Nova's that passes", () => {
  const odd =
    '{ "messages": [{"role":"user","content":[{"text":"caf\\u00e9"}]}],\n' +
    ' "inferenceConfig" : {"max_new_tokens":5 , "topK":1}, "x": 9007199254740993 }';
  const pass = (changes: Parameters<Invocation["rewrite"]>[0], text: string = odd): string =>
    read(text, "fast").rewrite(changes).toString();

  test("is the same bytes when nothing changes", () => {
    const bytes = Buffer.from(odd);
    const request = readInvokeRequest(bytes, { model: "fast", stream: true });
    assert.ok(request.ok && request.value instanceof ConverseInvocation);
    assert.equal(request.value.rewrite({}), bytes);
    assert.equal(request.value.rewrite({ maxTokens: 5, model: nova, streamUsage: true }), bytes);
  });

  test("gets another limit under the name that the client chose", () => {
    assert.equal(pass({ maxTokens: 77 }), odd.replace(":5 ", ":77 "));
    const bare = '{"messages":[{"role":"user","content":[{"text":"a"}]}]}';
    const added = `{"inferenceConfig":{"maxTokens":77},${bare.slice(1)}`;
    assert.equal(pass({ maxTokens: 77 }, bare), added);
  });

  test("gets defaults only where the client chose neither", () => {
    const defaults = { temperature: 0.3 };
    assert.equal(pass({ defaults }), odd.replace('{"max', '{"temperature":0.3,"max'));
    for (const chosen of ['"temperature":0', '"topP":1', '"top_p":1']) {
      const text = odd.replace('"topK":1', chosen);
      assert.equal(pass({ defaults }, text), text);
    }
  });

  test("for another model of the path it is the same request", () => {
    assert.deepEqual(canonical(full, haiku), { ...canonical(full), model: haiku });
  });
});
