import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { bytesOf, haiku, hi, jsonOf, llama, path, readGood } from "./request-fixture.ts";

describe("what the gateway must know of a Converse request", () => {
  test("model and streaming stand in the path", () => {
    const { facts } = readGood({ messages: [hi] }, { model: "sonnet", stream: true });
    assert.deepEqual([facts.model, facts.stream, facts.streamUsage], ["sonnet", true, true]);
    assert.deepEqual([facts.maxTokens, facts.choices, facts.user], [null, 1, null]);
  });

  test("WIR-12 the user is one of the request's metadata", () => {
    const userOf = (requestMetadata: object): string | null =>
      readGood({ messages: [hi], requestMetadata }).facts.user;
    assert.equal(userOf({ user: "u1", user_id: "u2" }), "u1");
    assert.equal(userOf({ user_id: "u2" }), "u2");
    assert.equal(userOf({ user: "" }), null);
    assert.equal(userOf({ team: "x" }), null);
  });

  test("everything that the model reads counts", () => {
    const { size } = readGood({
      system: [{ text: "12345" }],
      messages: [
        {
          role: "user",
          content: [
            { text: "é" },
            { image: { format: "png", source: { bytes: "AAAA" } } },
            { document: { name: "doc", format: "pdf", source: { bytes: "A".repeat(40) } } },
            { document: { name: "d", source: { text: "abcd" } } },
            { video: { format: "mp4", source: { bytes: "AAAA" } } },
          ],
        },
        {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "hm", signature: "long" } } },
            { toolUse: { toolUseId: "t", name: "fn", input: { a: 1 } } },
          ],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "t", content: [{ json: { b: 2 } }] } }],
        },
      ],
      inferenceConfig: { maxTokens: 100 },
    }).facts;
    const texts = ["12345", "é", "doc", "d", "abcd", "hm", "fn", '{"a":1}', '{"json":{"b":2}}'];
    assert.deepEqual(
      { ...size },
      {
        textBytes: Buffer.byteLength(texts.join("")),
        messages: 3,
        tools: 0,
        schemaBytes: 0,
        images: 1,
        files: 1,
        fileBytes: 30,
        references: 1,
      },
    );
  });

  test("tools and a schema count as they are written, with what the provider adds", () => {
    const tool = { toolSpec: { name: "f", inputSchema: { json: { type: "object" } } } };
    const { size } = readGood({ messages: [hi], toolConfig: { tools: [tool, tool] } }).facts;
    assert.equal(size.tools, 2);
    assert.equal(size.schemaBytes, JSON.stringify({ tools: [tool, tool] }).length);
    assert.ok(size.textBytes > 1000);
  });
});

describe("WIR-10 a request that passes", () => {
  const odd =
    '{ "messages" : [{"role":"user","content":[{"text":"caf\\u00e9"}]}],\n' +
    '"z":9007199254740993, "inferenceConfig": {"topK\\u0021": 1e2, "maxTokens": 5 } , "a":[1.0] }';

  test("is the same buffer when nothing changes", () => {
    const bytes = bytesOf(odd);
    const request = readGood(odd);
    assert.ok(request.rewrite({}).equals(bytes));
    assert.ok(request.rewrite({ maxTokens: 5, model: haiku, streamUsage: true }).equals(bytes));
  });

  test("has another limit where the old one stood", () => {
    assert.equal(
      readGood(odd).rewrite({ maxTokens: 77 }).toString(),
      odd.replace('"maxTokens": 5', '"maxTokens": 77'),
    );
  });

  const cases: readonly (readonly [what: string, config: string, rewritten: string])[] = [
    ["none", "", '"inferenceConfig":{"maxTokens":7},'],
    ["null", '"inferenceConfig":null,', '"inferenceConfig":{"maxTokens":7},'],
    ["empty", '"inferenceConfig":{},', '"inferenceConfig":{"maxTokens":7},'],
    [
      "another member",
      '"inferenceConfig":{ "topP":1},',
      '"inferenceConfig":{"maxTokens":7, "topP":1},',
    ],
    ["null in it", '"inferenceConfig":{"maxTokens":null},', '"inferenceConfig":{"maxTokens":7},'],
  ];
  const messages = '"messages":[{"role":"user","content":[{"text":"a"}]}]}';
  for (const [what, config, rewritten] of cases) {
    test(`gets a limit where it had ${what}`, () => {
      const bytes = readGood(`{${config}${messages}`).rewrite({ maxTokens: 7 });
      assert.equal(bytes.toString(), `{${rewritten}${messages}`);
    });
  }

  test("gets the defaults of a client that chose neither", () => {
    const defaults = { temperature: 0.3, topP: 0.9 };
    const configOf = (inferenceConfig: object, model = llama): unknown =>
      jsonOf(
        readGood({ inferenceConfig, messages: [hi] }).rewrite({ defaults, model, maxTokens: 9 }),
      )["inferenceConfig"];
    assert.deepEqual(configOf({}), { maxTokens: 9, temperature: 0.3, topP: 0.9 });
    assert.deepEqual(configOf({ temperature: 1 }), { maxTokens: 9, temperature: 1 });
    assert.deepEqual(configOf({ topP: 1 }), { maxTokens: 9, topP: 1 });
    // Of two that a model refuses together the temperature stays.
    assert.deepEqual(configOf({}, "anthropic.claude-sonnet-4-5-20250929-v1:0"), {
      maxTokens: 9,
      temperature: 0.3,
    });
  });

  test("WIR-13 reasoning that nobody signed does not go to a model that signs", () => {
    const reasoning = (text: string, signature?: string): object => ({
      reasoningContent: {
        reasoningText: { text, ...(signature === undefined ? {} : { signature }) },
      },
    });
    const body = {
      messages: [
        hi,
        { role: "assistant", content: [reasoning("mine", "sig"), reasoning("x"), { text: "a" }] },
        hi,
        { role: "assistant", content: [reasoning("y")] },
      ],
    };
    const kept = (model: string): unknown => jsonOf(readGood(body).rewrite({ model }))["messages"];
    assert.deepEqual(kept(haiku), [
      hi,
      { role: "assistant", content: [reasoning("mine", "sig"), { text: "a" }] },
      hi,
    ]);
    assert.deepEqual(kept(llama), body.messages);
  });

  test("any body: all but the limit keeps its meaning", () => {
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: "binary", maxLength: 8 }),
        fc.integer(),
        fc.constantFrom(null, true),
        fc.array(tie("json"), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 6 }), tie("json"), { maxKeys: 3 }),
      ),
    }));
    const config = fc.record({
      maxTokens: fc.integer({ min: 1, max: 9 }),
      other: json,
      topP: fc.constantFrom(null, 0.5),
    });
    const space = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(json, config, space, fc.integer({ min: 1 }), (rest, inner, indent, limit) => {
        fc.pre(limit <= 2 ** 31 - 1);
        const body = { x: rest, inferenceConfig: inner, messages: [hi] };
        const bytes = readGood(JSON.stringify(body, null, indent)).rewrite({ maxTokens: limit });
        const expected = { ...body, inferenceConfig: { ...inner, maxTokens: limit } };
        assert.equal(JSON.stringify(jsonOf(bytes)), JSON.stringify(expected));
      }),
      { numRuns: 500 },
    );
  });

  test("the path's facts are those of the canonical request", () => {
    const canonical = readGood({ messages: [hi] }, { ...path, stream: true }).toCanonical();
    assert.ok(canonical.ok);
    assert.deepEqual([canonical.value.model, canonical.value.stream], [haiku, true]);
  });
});
