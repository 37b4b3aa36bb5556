import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest } from "../canonical/request.ts";
import type { ReasoningRule } from "../canonical/carried-reasoning.ts";
import { readCountRequest, wrapCount } from "./count-tokens.ts";
import { readGenerateRequest, type GenerateRequest } from "./generate-request.ts";

const path = { model: "gemini-2.5-flash", stream: false };

function read(body: object | string): GenerateRequest {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const request = readGenerateRequest(bytes, path);
  assert.ok(request.ok, request.ok ? "" : request.message);
  return request.value;
}

function canonical(body: object): CanonicalRequest {
  const made = read(body).toCanonical();
  assert.ok(made.ok, made.ok ? "" : made.message);
  return made.value;
}

const hi = [{ role: "user", parts: [{ text: "Hi" }] }];
const pixel = { mimeType: "image/png", data: "AAAA" };

describe("what a request says of itself", () => {
  test("model and streaming stand in the path, the rest in the body", () => {
    const { facts } = read({
      contents: [
        ...hi,
        { parts: [{ inlineData: pixel }, { fileData: { fileUri: "https://a.b" } }] },
      ],
      systemInstruction: { parts: [{ text: "Be brief" }] },
      generationConfig: { maxOutputTokens: 5, candidateCount: 2 },
      tools: [{ functionDeclarations: [{ name: "f" }, { name: "g" }] }],
    });
    const { size, ...others } = facts;
    assert.deepEqual(others, {
      model: "gemini-2.5-flash",
      stream: false,
      streamUsage: true,
      maxTokens: 5,
      choices: 2,
      user: null,
      premium: null,
    });
    assert.deepEqual([size.messages, size.images, size.references, size.tools], [3, 1, 1, 2]);
    assert.ok(size.textBytes >= 10 && size.schemaBytes > 20);
  });

  test("MON-4 what only Google can size is a reference, what is charged apart premium", () => {
    const cached = read({ contents: hi, cachedContent: "cachedContents/a" }).facts;
    assert.equal(cached.size.references, 1);
    const search = read({ contents: hi, tools: [{ googleSearch: {} }] }).facts;
    assert.deepEqual([search.size.references, search.premium], [1, "tools.[0]"]);
    assert.equal(read({ contents: hi, serviceTier: "priority" }).facts.premium, "serviceTier");
  });

  test("both spellings of Google's mean the same", () => {
    const camel = {
      contents: [{ parts: [{ inlineData: pixel }, { thought: true, thoughtSignature: "AAAA" }] }],
      systemInstruction: { parts: [{ text: "s" }] },
      generationConfig: { maxOutputTokens: 7, topP: 0.5, stopSequences: ["x"] },
      tools: [{ functionDeclarations: [{ name: "f", parameters: { snake_key: 1 } }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f"] } },
    };
    const snake = {
      contents: [
        {
          parts: [
            { inline_data: { mime_type: "image/png", data: "AAAA" } },
            { thought: true, thought_signature: "AAAA" },
          ],
        },
      ],
      system_instruction: { parts: [{ text: "s" }] },
      generation_config: { max_output_tokens: 7, top_p: 0.5, stop_sequences: ["x"] },
      tools: [{ function_declarations: [{ name: "f", parameters: { snake_key: 1 } }] }],
      tool_config: { function_calling_config: { mode: "ANY", allowed_function_names: ["f"] } },
    };
    assert.deepEqual(canonical(snake), canonical(camel));
    assert.deepEqual(read(snake).facts.maxTokens, 7);
  });
});

/** Body, code and path of its refusal. */
const wrong: readonly (readonly [body: object | string, code: string, path: string | null])[] = [
  ["", "invalid_json", null],
  ["[]", "invalid_json", null],
  [{}, "missing_field", "contents"],
  [{ contents: [] }, "invalid_value", "contents"],
  [{ contents: [{ role: "system", parts: [] }] }, "invalid_value", "contents.[0].role"],
  [{ contents: [{ parts: [{ text: 1 }] }] }, "invalid_value", "contents.[0].parts.[0].text"],
  [
    { contents: [{ parts: [{ inlineData: { data: "A" } }] }] },
    "missing_field",
    "contents.[0].parts.[0].inlineData.mimeType",
  ],
  [{ contents: hi, generationConfig: { topP: 2 } }, "invalid_value", "generationConfig.topP"],
  [
    { contents: [{ parts: [{ fileData: { fileUri: "gs://bucket/object" } }] }] },
    "invalid_value",
    "contents.[0].parts.[0].fileData.fileUri",
  ],
  [{ contents: hi, tools: {} }, "invalid_value", "tools"],
  [
    { contents: hi, generationConfig: {}, generation_config: { maxOutputTokens: 9 } },
    "duplicate_field",
    "generationConfig",
  ],
  [
    { contents: hi, generationConfig: { maxOutputTokens: 1, max_output_tokens: 9 } },
    "duplicate_field",
    "generationConfig.maxOutputTokens",
  ],
  ['{"contents":[],"contents":[{}]}', "duplicate_field", "contents"],
];

describe("what is no request is refused with its place", () => {
  for (const [body, code, at] of wrong) {
    test(`${code} ${at ?? ""} ${JSON.stringify(body).slice(0, 60)}`, () => {
      const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const refused = readGenerateRequest(bytes, path);
      assert.ok(!refused.ok);
      assert.deepEqual([refused.code, refused.path], [code, at]);
    });
  }
});

describe("WIR-10 the client's bytes", () => {
  const odd =
    ' {"contents" : [ {"parts":[{"text":"\\u3042 9007199254740993"}],"x":1.10} ],' +
    '"generation_config":{ "max_output_tokens" : 16 ,"y":9007199254740993}, "x_new":{"n":1e400}}\n';

  test("pass as they are", () => {
    assert.equal(read(odd).rewrite({ model: "other", maxTokens: 16 }).toString(), odd);
  });

  test("change where they have to, in the client's spelling", () => {
    const written = read(odd).rewrite({ maxTokens: 8, defaults: { temperature: 0.5, topP: 1 } });
    const expected = odd.replace(
      '{ "max_output_tokens" : 16 ,',
      '{"temperature":0.5,"topP":1, "max_output_tokens" : 8 ,',
    );
    assert.equal(written.toString(), expected);
  });

  test("get a limit where the client gave none", () => {
    const body = '{"contents":[{"parts":[{"text":"a"}]}]}';
    assert.deepEqual(JSON.parse(read(body).rewrite({ maxTokens: 5 }).toString()), {
      contents: [{ parts: [{ text: "a" }] }],
      generationConfig: { maxOutputTokens: 5 },
    });
  });

  test("WIR-13 lose signatures of others, and thoughts under them", () => {
    const left: string[] = [];
    const reasoning: ReasoningRule = {
      signs: true,
      keeps: (proof) => proof === "b3du",
      leftOut: (feature) => left.push(feature),
    };
    const parts = [
      { text: "hm", thought: true, thoughtSignature: "Zm9yZWlnbg==" },
      { functionCall: { name: "f" }, thought_signature: "Zm9yZWlnbg==" },
      { text: "mine", thoughtSignature: "b3du" },
    ];
    const body = { contents: [...hi, { role: "model", parts }], x: 1 };
    const written = JSON.parse(read(body).rewrite({ reasoning }).toString());
    assert.deepEqual(written, {
      contents: [
        ...hi,
        {
          role: "model",
          parts: [{ functionCall: { name: "f" } }, { text: "mine", thoughtSignature: "b3du" }],
        },
      ],
      x: 1,
    });
    assert.deepEqual(left, ["reasoning_signed", "reasoning_signed"]);
  });
});

describe("a request in the canonical shape", () => {
  test("functions without ids are joined by name and order", () => {
    const { messages } = canonical({
      contents: [
        ...hi,
        {
          role: "model",
          parts: [
            { text: "Let me see", thought: true },
            { functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" },
            { functionCall: { name: "f", args: { a: 2 } } },
          ],
        },
        {
          role: "user",
          parts: [
            { functionResponse: { name: "f", response: { output: "one" } } },
            { functionResponse: { name: "f", response: { error: "two" } } },
          ],
        },
      ],
    });
    assert.deepEqual(messages.slice(1), [
      {
        role: "assistant",
        parts: [
          { kind: "reasoning", text: "Let me see", signature: "c2ln" },
          { kind: "toolCall", id: "call_1", name: "f", arguments: '{"a":1}' },
          { kind: "toolCall", id: "call_2", name: "f", arguments: '{"a":2}' },
        ],
      },
      {
        role: "user",
        parts: [
          { kind: "toolResult", id: "call_1", parts: [{ kind: "text", text: "one" }] },
          {
            kind: "toolResult",
            id: "call_2",
            parts: [{ kind: "text", text: "two" }],
            isError: true,
          },
        ],
      },
    ]);
  });

  test("schemas of OpenAPI become JSON Schema", () => {
    const parameters = {
      type: "OBJECT",
      properties: {
        a: { type: "STRING", nullable: true },
        b: { type: "ARRAY", items: { type: "INTEGER" }, minItems: "2" },
      },
      propertyOrdering: ["a", "b"],
    };
    const expected = {
      type: "object",
      properties: {
        a: { type: ["string", "null"] },
        b: { type: "array", items: { type: "integer" }, minItems: 2 },
      },
    };
    const { tools, responseFormat } = canonical({
      contents: hi,
      tools: [{ functionDeclarations: [{ name: "f", parameters }] }],
      generationConfig: { responseMimeType: "application/json", responseSchema: parameters },
    });
    assert.deepEqual(tools[0]?.parameters, expected);
    assert.ok(responseFormat?.kind === "schema");
    assert.deepEqual(responseFormat.schema, expected);
  });

  for (const [what, body] of Object.entries({
    "tools.[0]": { contents: hi, tools: [{ googleSearch: {} }] },
    "contents.[0].parts.[0].inlineData": {
      contents: [{ parts: [{ inlineData: { mimeType: "audio/wav", data: "A" } }] }],
    },
    "contents.[0].parts.[0]": { contents: [{ parts: [{ executableCode: {} }] }] },
    "contents.[0].parts.[0].functionResponse.name": {
      contents: [{ parts: [{ functionResponse: { name: "nobody" } }] }],
    },
    "toolConfig.functionCallingConfig.allowedFunctionNames": {
      contents: hi,
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["f", "g"] } },
    },
  })) {
    test(`WIR-13 ${what} has no words elsewhere`, () => {
      const made = read(body).toCanonical();
      assert.ok(!made.ok);
      assert.deepEqual([made.code, made.path], ["unsupported_by_target", what]);
    });
  }
});

describe("a count", () => {
  test("of contents alone, and of a whole request", () => {
    for (const body of [{ contents: hi }, { generateContentRequest: { contents: hi } }]) {
      const counted = readCountRequest(Buffer.from(JSON.stringify(body)), path);
      assert.ok(counted.ok);
      assert.equal(counted.value.facts.size.messages, 1);
    }
  });

  test("names the model inside, once", () => {
    for (const inner of ['{"contents":[]}', '{"model":"models/x","contents":[]}', "{}"]) {
      const wrapped = JSON.parse(wrapCount(Buffer.from(inner), "gemini-2").toString());
      assert.equal(wrapped.generateContentRequest.model, "models/gemini-2");
    }
  });
});
