import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { CanonicalRequest, Message, Part, Tool } from "../canonical/request.ts";
import { droppedOf, foreign, haiku, jsonOf, llama, nova, writeGood } from "./request-fixture.ts";
import { writeConverseRequest } from "./write-request.ts";

const sonnet45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

const written = (
  changes: Partial<CanonicalRequest>,
  model: string = haiku,
): Record<string, unknown> => jsonOf(writeGood({ ...foreign, ...changes }, model));

const refusalOf = (changes: Partial<CanonicalRequest>, model: string = haiku): string => {
  const result = writeConverseRequest({ ...foreign, ...changes }, model);
  return result.ok ? "ok" : `${result.code} ${result.path}`;
};

const user = (...parts: readonly Part[]): Message => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Message => ({ role: "assistant", parts });
const said = (text: string): Part => ({ kind: "text", text });
const tool: Tool = { name: "f", description: "d", parameters: null, strict: null };

const messagesOf = (messages: readonly Message[], model?: string): unknown =>
  written({ messages }, model)["messages"];

describe("the least", () => {
  test("a limit is always sent", () => {
    const messages = [{ role: "user", content: [{ text: "Hi" }] }];
    assert.deepEqual(written({}), { messages, inferenceConfig: { maxTokens: 100 } });
    assert.deepEqual(written({ maxTokens: null })["inferenceConfig"], { maxTokens: 4096 });
  });

  test("streaming is nothing of the body's", () => {
    assert.deepEqual(written({ stream: true }), written({ stream: false }));
  });
});

describe("turns", () => {
  test("what one side says in several messages is one turn", () => {
    const messages = [user(said("a")), user(said("b")), assistant(said("c")), user(said("d"))];
    assert.deepEqual(messagesOf(messages), [
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
      { role: "assistant", content: [{ text: "c" }] },
      { role: "user", content: [{ text: "d" }] },
    ]);
  });

  test("results of tools are the user's, and stand first", () => {
    const result = (id: string): Message => ({
      role: "tool",
      parts: [{ kind: "toolResult", id, parts: [said("1")] }],
    });
    const messages = [
      user(said("a")),
      assistant({ kind: "toolCall", id: "x", name: "f", arguments: ' {"a": 1.0}' }),
      user(said("b")),
      result("x"),
    ];
    assert.deepEqual(messagesOf(messages), [
      { role: "user", content: [{ text: "a" }] },
      { role: "assistant", content: [{ toolUse: { toolUseId: "x", name: "f", input: { a: 1 } } }] },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "x", content: [{ text: "1" }] } }, { text: "b" }],
      },
    ]);
  });

  test("blank texts are left out, and turns of nothing with them", () => {
    const messages = [user(said("a")), assistant(said(" \n")), user(said(""), said("b"))];
    assert.deepEqual(messagesOf(messages), [
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
    ]);
  });

  test("nothing at all is refused", () => {
    assert.equal(refusalOf({ messages: [user(said(" "))] }), "unsupported_by_target messages");
  });

  test("an answer to go on with does not end in white space", () => {
    assert.deepEqual(messagesOf([user(said("a")), assistant(said("Once \n"))]), [
      { role: "user", content: [{ text: "a" }] },
      { role: "assistant", content: [{ text: "Once" }] },
    ]);
  });

  test("an instruction in mid-conversation keeps its place where the model takes it", () => {
    const messages = [user(said("a")), { role: "system", parts: [said("s")] } as const];
    assert.deepEqual(messagesOf(messages, "global.anthropic.claude-opus-4-8"), [
      { role: "user", content: [{ text: "a" }] },
      { role: "system", content: [{ text: "s" }] },
    ]);
    for (const model of [haiku, nova, llama, "my-own"]) {
      assert.equal(refusalOf({ messages }, model), "unsupported_by_target messages");
    }
  });
});

describe("tools", () => {
  const configOf = (changes: Partial<CanonicalRequest>, model?: string): unknown =>
    written(changes, model)["toolConfig"];
  const spec = {
    toolSpec: { name: "f", description: "d", inputSchema: { json: { type: "object" } } },
  };

  test("a tool without a schema takes any object; an empty description is none", () => {
    const bare: Tool = { ...tool, description: "", strict: true };
    assert.deepEqual(configOf({ tools: [tool, bare] }), {
      tools: [
        spec,
        { toolSpec: { name: "f", inputSchema: { json: { type: "object" } }, strict: true } },
      ],
    });
  });

  test("choices", () => {
    const choiceOf = (toolChoice: CanonicalRequest["toolChoice"]): unknown =>
      (configOf({ tools: [tool], toolChoice }) as { toolChoice: unknown }).toolChoice;
    assert.deepEqual(choiceOf({ kind: "auto" }), { auto: {} });
    assert.deepEqual(choiceOf({ kind: "required" }), { any: {} });
    assert.deepEqual(choiceOf({ kind: "tool", name: "f" }), { tool: { name: "f" } });
    assert.equal(choiceOf(null), undefined);
  });

  test("a model that may not call is told of no tool", () => {
    assert.equal(configOf({ tools: [tool], toolChoice: { kind: "none" } }), undefined);
  });

  test("once calls stand in the conversation, there is a tool that does nothing", () => {
    const messages = [
      user(said("a")),
      assistant({ kind: "toolCall", id: "t", name: "f", arguments: "{}" }),
    ];
    for (const changes of [
      { messages },
      { messages, tools: [tool], toolChoice: { kind: "none" } as const },
    ]) {
      assert.match(
        JSON.stringify(configOf(changes)),
        /^\{"tools":\[\{"toolSpec":\{"name":"no_tool"/,
      );
    }
  });

  test("one call at a time: Claude has a switch of its own, others have none", () => {
    const fieldsOf = (changes: Partial<CanonicalRequest>): unknown =>
      written({ parallelTools: false, tools: [tool], ...changes })["additionalModelRequestFields"];
    assert.deepEqual(fieldsOf({}), {
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    assert.deepEqual(fieldsOf({ toolChoice: { kind: "required" } }), {
      tool_choice: { disable_parallel_tool_use: true },
    });
    assert.equal(fieldsOf({ tools: [] }), undefined);
    assert.equal(fieldsOf({ parallelTools: true }), undefined);
    assert.equal(
      refusalOf({ parallelTools: false, tools: [tool] }, nova),
      "unsupported_by_target parallel_tools",
    );
    assert.equal(refusalOf({ parallelTools: false }, nova), "ok");
  });
});

describe("options", () => {
  const sampling = {
    temperature: 0.5,
    topP: 0.9,
    topK: 5,
    seed: 1,
    frequencyPenalty: 1,
    presencePenalty: 1,
  };

  test("sampling, as far as it is carried", () => {
    const json = written({ sampling });
    assert.deepEqual(json["inferenceConfig"], { maxTokens: 100, temperature: 0.5, topP: 0.9 });
    assert.deepEqual(json["additionalModelRequestFields"], { top_k: 5 });
    const unsaid = { seed: null, frequencyPenalty: null, presencePenalty: null };
    const names = (model: string, changes: Partial<typeof sampling> = {}): readonly string[] =>
      droppedOf({ ...foreign, sampling: { ...sampling, ...unsaid, ...changes } }, model);
    assert.deepEqual(names(haiku), []);
    assert.deepEqual(names(haiku, { temperature: 1.5 }), ["temperature"]);
    assert.deepEqual(names(sonnet45), ["top_p"]);
    assert.deepEqual(names(llama), ["top_k"]);
    assert.equal(written({ sampling }, llama)["additionalModelRequestFields"], undefined);
  });

  test("top_k of Bedrock's clients goes to every model that is not known to refuse it", () => {
    const asked: CanonicalRequest = {
      ...foreign,
      dialect: "bedrock",
      sampling: { ...foreign.sampling, topK: 5 },
    };
    const dropped = (model: string): readonly string[] => droppedOf(asked, model);
    assert.deepEqual(dropped(llama), ["top_k"]);
    assert.equal(jsonOf(writeGood(asked, llama))["additionalModelRequestFields"], undefined);
    for (const model of [haiku, nova, "mistral.mistral-7b-instruct-v0:2", "my-own"]) {
      assert.deepEqual(dropped(model), []);
    }
  });

  test("stop sequences; Claude is asked to say which it was", () => {
    const json = written({ stop: ["", "END"] });
    assert.deepEqual(json["inferenceConfig"], { maxTokens: 100, stopSequences: ["END"] });
    assert.deepEqual(json["additionalModelResponseFieldPaths"], ["/stop_sequence"]);
    assert.equal(written({ stop: ["END"] }, nova)["additionalModelResponseFieldPaths"], undefined);
    assert.equal(refusalOf({ stop: ["\n"] }), "unsupported_by_target stop");
    assert.equal(refusalOf({ stop: ["\n"] }, nova), "ok");
  });

  test("a schema for the answer, closed as models want it", () => {
    const responseFormat = {
      kind: "schema",
      name: "n",
      schema: { type: "object", properties: { a: {} } },
      strict: true,
      description: "d",
    } as const;
    assert.deepEqual(written({ responseFormat })["outputConfig"], {
      textFormat: {
        type: "json_schema",
        structure: {
          jsonSchema: {
            schema: '{"type":"object","properties":{"a":{}},"additionalProperties":false}',
            name: "n",
            description: "d",
          },
        },
      },
    });
    assert.equal(written({ responseFormat: { kind: "text" } })["outputConfig"], undefined);
  });

  test("WIR-13 JSON without a schema is refused", () => {
    const response = "unsupported_by_target response_format";
    assert.equal(refusalOf({ responseFormat: { kind: "json" } }), response);
    const format = { kind: "schema", name: "n", strict: null, description: null } as const;
    assert.equal(refusalOf({ responseFormat: { ...format, schema: null } }), response);
  });

  test("metadata that AWS would refuse are left out", () => {
    const metadata = { team: "a b", odd: "日本", "": "x", long: "x".repeat(257) };
    assert.deepEqual(written({ metadata })["requestMetadata"], { team: "a b" });
  });

  test("what Anthropic's clients say to Claude goes to Claude", () => {
    const request = {
      dialect: "anthropic",
      rest: {
        thinking: { type: "enabled", budget_tokens: 1024 },
        output_config: { effort: "low" },
        service_tier: "auto",
      },
      sampling: { ...sampling, topK: null, topP: null },
    } as const;
    const json = written(request);
    assert.deepEqual(json["additionalModelRequestFields"], {
      thinking: { type: "enabled", budget_tokens: 1024 },
    });
    assert.deepEqual(json["outputConfig"], { effort: "low" });
    assert.deepEqual(json["inferenceConfig"], { maxTokens: 100 });
    assert.equal(json["service_tier"], undefined);
    assert.equal(written(request, nova)["additionalModelRequestFields"], undefined);
  });

  test("WIR-13 what a model does not take is named", () => {
    const thought: CanonicalRequest = {
      ...foreign,
      dialect: "anthropic",
      rest: { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    };
    assert.deepEqual(droppedOf(thought, nova), ["thinking"]);
    assert.deepEqual(droppedOf(thought, haiku), []);
    const point = { kind: "cachePoint", ttl: "5m" } as const;
    const marked = { ...foreign, messages: [user(said("a"), point)] };
    assert.deepEqual(droppedOf(marked, llama), ["cache_points"]);
    assert.deepEqual(droppedOf(marked, nova), []);
    const many = user(...[1, 2, 3, 4, 5].flatMap((n) => [said(`${n}`), point]));
    assert.deepEqual(droppedOf({ ...foreign, messages: [many] }), ["cache_points"]);
    const inTools = { ...foreign, tools: [{ ...tool, cachePoint: "5m" } as const] };
    assert.deepEqual(droppedOf(inTools, nova), ["cache_points"]);
    assert.deepEqual(droppedOf(inTools, haiku), []);
    const failed = { kind: "toolResult", id: "t", parts: [said("no")], isError: true } as const;
    assert.deepEqual(droppedOf({ ...foreign, messages: [user(failed)] }, llama), ["tool_error"]);
    assert.deepEqual(droppedOf({ ...foreign, metadata: { odd: "日本" } }), ["metadata"]);
  });

  test("WIR-13 what only another dialect knows and may change the answer is refused", () => {
    assert.equal(refusalOf({ rest: { logprobs: true } }), "unsupported_by_target logprobs");
    assert.equal(refusalOf({ rest: { n: 2 } }), "unsupported_by_target n");
    assert.equal(refusalOf({ rest: { verbosity: "low", n: 1 } }), "ok");
  });
});
