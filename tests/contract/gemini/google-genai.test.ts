import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from "@google/genai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { contractConfig } from "../contract-config.ts";
import { pixel } from "../library.ts";
import { anthropicTarget } from "../targets/anthropic.ts";
import { geminiTarget } from "../targets/gemini.ts";
import { openaiTarget } from "../targets/openai.ts";

const chatKey = "key-for-the-chat-of-openai-alone";

let gateway: GatewayUnderTest;
before(async () => {
  const config = (simulatorUrl: string): ConfigInput => {
    const { tenants, ...rest } = contractConfig(simulatorUrl);
    const keys = [{ id: "chat", secret: chatKey, surfaces: ["openai.chat" as const] }];
    return { ...rest, tenants: { ...tenants, chatters: { keys } } };
  };
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const open = (options: { readonly apiVersion?: string } = {}): GoogleGenAI =>
  new GoogleGenAI({ apiKey: gateway.key, httpOptions: { baseUrl: gateway.url, ...options } });

const model = geminiTarget.model;
const hello = "Reply with exactly: hello";

const post = (
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = { "x-goog-api-key": gateway.key },
): Promise<Response> =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const asks = (text: string): object => ({ contents: [{ parts: [{ text }] }] });

interface ErrorBody {
  readonly error: {
    readonly code: number;
    readonly status: string;
    readonly message: string;
    readonly details: readonly { readonly reason?: string }[];
  };
}

async function refusalOf(answer: Response): Promise<ErrorBody["error"]> {
  // The gateway's own shape.
  const { error } = (await answer.json()) as ErrorBody;
  assert.equal(error.code, answer.status);
  assert.equal(error.details[0]?.reason, answer.headers.get("x-sekisho-cause"));
  return error;
}

describe("@google/genai beyond the matrix", () => {
  test("both versions of the API are served", async () => {
    for (const apiVersion of ["v1beta", "v1"]) {
      const { models } = open({ apiVersion });
      assert.equal((await models.generateContent({ model, contents: hello })).text, "hello");
    }
  });

  test("the list of models, and one of them", async () => {
    const { models } = open();
    const names: (string | undefined)[] = [];
    for await (const { name } of await models.list()) names.push(name);
    assert.ok(names.includes(`models/${model}`));
    const one = await models.get({ model });
    assert.equal(one.name, `models/${model}`);
    assert.deepEqual([one.inputTokenLimit, one.outputTokenLimit], [1_048_576, 65_536]);
    const headers = { "x-goog-api-key": gateway.key };
    const below = await fetch(`${gateway.url}/v1/models`, { headers });
    assert.match(await below.text(), /"name":"models\//);
    await assert.rejects(models.get({ model: "nobody" }), { name: "ApiError", status: 404 });
  });

  test("MON-4 a count is what the call is billed for", async () => {
    const { models } = open();
    const contents = [
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ text: "Hello" }] },
      { role: "user", parts: [{ text: "And?" }, inline] },
    ];
    for (const asked of [hello, contents]) {
      const { totalTokens } = await models.countTokens({ model, contents: asked });
      const { usageMetadata } = await models.generateContent({ model, contents: asked });
      assert.equal(totalTokens, usageMetadata?.promptTokenCount);
    }
    const elsewhere = await models.countTokens({ model: anthropicTarget.model, contents: hello });
    assert.ok((elsewhere.totalTokens ?? 0) > 4);
  });

  for (const target of [geminiTarget, anthropicTarget, openaiTarget]) {
    test(`a chat with functions over ${target.name} goes on by itself`, async () => {
      const parametersJsonSchema = {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      };
      const chat = open().chats.create({
        model: target.model,
        config: {
          systemInstruction: "You are terse.",
          tools: [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema }] }],
          toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
        },
      });
      const called = await chat.sendMessage({ message: 'Use get_weather for "Oslo".' });
      const [call] = called.functionCalls ?? [];
      assert.deepEqual([call?.name, call?.args], ["get_weather", { city: "Oslo" }]);
      const answer = {
        functionResponse: { id: call?.id ?? "", name: "get_weather", response: { sky: "grey" } },
      };
      let said = "";
      for await (const chunk of await chat.sendMessageStream({ message: [answer] })) {
        said += chunk.text ?? "";
      }
      assert.notEqual(said, "");
      // What came in pieces stands there in pieces, and goes back so.
      assert.ok(chat.getHistory().length >= 4);
      const last = await chat.sendMessage({ message: "Reply with exactly: thanks" });
      assert.equal(last.text, "thanks");
    });
  }

  test("two candidates pass to Gemini, and are refused in words elsewhere", async () => {
    const { models } = open();
    const config = { candidateCount: 2 };
    const both = await models.generateContent({ model, contents: hello, config });
    assert.equal(both.candidates?.length, 2);
    const asked = models.generateContent({ model: openaiTarget.model, contents: hello, config });
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof ApiError);
      assert.match(error.message, /generationConfig\.candidateCount/);
      return error.status === 400;
    });
  });

  test("a client that leaves ends the call", async () => {
    const leaving = new AbortController();
    const stream = await open().models.generateContentStream({
      model,
      contents: "Go on [[sim: tokens=200 tps=40]]",
      config: { abortSignal: leaving.signal },
    });
    const reading = async (): Promise<void> => {
      for await (const _ of stream) leaving.abort();
    };
    await assert.rejects(reading());
  });
});

const inline = { inlineData: { mimeType: "image/png", data: pixel.toString("base64") } };

describe("what Gemini's surface takes and refuses", () => {
  const generate = `/v1beta/models/${model}:generateContent`;

  test("SEC-5 the key in its header, in the query or as bearer, and no two of them", async () => {
    const body = asks(hello);
    const { key } = gateway;
    assert.equal((await post(`${generate}?key=${key}`, body, {})).status, 200);
    assert.equal((await post(generate, body, { authorization: `Bearer ${key}` })).status, 200);
    const missing = await refusalOf(await post(generate, body, {}));
    assert.deepEqual([missing.code, missing.status], [401, "UNAUTHENTICATED"]);
    const two = await refusalOf(await post(`${generate}?key=other`, body));
    assert.deepEqual([two.code, two.details[0]?.reason], [400, "conflicting_credentials"]);
  });

  test("a key for other surfaces is refused, for the list as well", async () => {
    const headers = { "x-goog-api-key": chatKey };
    for (const method of ["generateContent", "countTokens"]) {
      const answer = await post(`/v1beta/models/${model}:${method}`, asks(hello), headers);
      const { code, status } = await refusalOf(answer);
      assert.deepEqual([code, status], [403, "PERMISSION_DENIED"]);
    }
    const list = await fetch(`${gateway.url}/v1beta/models`, { headers });
    assert.equal((await refusalOf(list)).status, "PERMISSION_DENIED");
  });

  test("WIR-4 a model's name is one segment, with colons of its own, escaped or not", async () => {
    for (const name of [model, encodeURIComponent(model)]) {
      for (const colon of [":", "%3A", "%3a"]) {
        const answer = await post(`/v1beta/models/${name}${colon}generateContent`, asks(hello));
        assert.equal(answer.status, 200);
      }
    }
    const unknown = await post("/v1beta/models/a.b-v1:0:generateContent", asks(hello));
    const { status, message } = await refusalOf(unknown);
    assert.equal(status, "NOT_FOUND");
    assert.match(message, /"a\.b-v1:0"/);
  });

  test("methods that are not served say so", async () => {
    for (const call of [`${model}:embedContent`, `${model}:`, model]) {
      const refused = await refusalOf(await post(`/v1beta/models/${call}`, asks(hello)));
      assert.deepEqual([refused.code, refused.details[0]?.reason], [404, "unsupported_surface"]);
    }
    const nowhere = await post("/v1beta/cachedContents", {});
    assert.equal(nowhere.status, 404);
    // Its own shape.
    assert.equal(((await nowhere.json()) as ErrorBody).error.status, "NOT_FOUND");
  });

  test("a stream without alt=sse is refused with the reason", async () => {
    const path = `/v1beta/models/${model}:streamGenerateContent`;
    const { status, message } = await refusalOf(await post(path, asks(hello)));
    assert.equal(status, "INVALID_ARGUMENT");
    assert.match(message, /alt=sse/);
    const stream = await post(`${path}?alt=sse&key=${gateway.key}`, asks(hello), {});
    assert.match(stream.headers.get("content-type") ?? "", /^text\/event-stream/);
    assert.match(await stream.text(), /hello/);
  });

  test("members in Google's other spelling mean the same", async () => {
    for (const { model: name } of [geminiTarget, openaiTarget]) {
      const answer = await post(`/v1beta/models/${name}:generateContent`, {
        system_instruction: { parts: [{ text: "Be brief" }] },
        contents: [{ parts: [{ text: "Tell a long story [[sim: tokens=90]]" }] }],
        generation_config: { max_output_tokens: 5 },
      });
      assert.match(await answer.text(), /"finishReason":"MAX_TOKENS"/);
    }
  });

  test("an answer says who gave it and what it cost", async () => {
    const answer = await post(generate, asks(hello));
    const header = (name: string): string => answer.headers.get(`x-sekisho-${name}`) ?? "";
    assert.deepEqual([header("provider"), header("region")], ["gemini", "global"]);
    assert.ok(Number(header("cost-nano-usd")) > 0);
  });
});
