import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { claude, ScriptedProviders } from "../harness/scripted-providers.ts";
import type { SeenRequest } from "../harness/scripted-upstream.ts";
import { until } from "../harness/until.ts";

let scripted: ScriptedProviders;

before(async () => {
  scripted = await ScriptedProviders.start();
});
after(async () => {
  await using _ = scripted;
  const { log } = scripted.gateway.server;
  assert.doesNotMatch(log, /nobody foresaw|a handler failed|uncaught/i);
  assert.equal((await scripted.gateway.settled()).rows.length, 0, "a count left a row");
});
beforeEach(() => {
  scripted.upstream.seen.length = 0;
  scripted.answers(200, { input_tokens: 2095 });
});

const hi = [{ role: "user", content: "Hi" }];
const countPath = "/v1/messages/count_tokens";

const countClaude = (body: object | string, headers = {}): Promise<Response> =>
  scripted.gateway.post(countPath, body, headers);

const countBedrock = (model: string, input: object): Promise<Response> =>
  scripted.gateway.post(`/model/${encodeURIComponent(model)}/count-tokens`, { input });

const seen = (): SeenRequest => {
  const [first, ...others] = scripted.upstream.seen;
  assert.ok(first !== undefined && others.length === 0, "the provider was asked once");
  return first;
};
const headerOf = ({ rawHeaders }: SeenRequest, name: string): string | undefined =>
  rawHeaders[rawHeaders.findIndex((each, n) => n % 2 === 0 && each.toLowerCase() === name) + 1];
const sentJson = (): unknown => JSON.parse(seen().body.toString("utf8"));
const kindOf = ({ headers }: Response): string | null => headers.get("x-sekisho-token-count");

describe("MON-4 a count of a message request", () => {
  const body =
    '{"messages":[ {"role":"user","content":"\\u3042 9007199254740993"}],' +
    '"model":"claude", "x":1.10}';

  for (const prefix of ["", "/anthropic"]) {
    test(`WIR-10 below "${prefix}" passes to Anthropic but for the model`, async () => {
      const headers = { "anthropic-version": "2026-10-21", "anthropic-beta": "some-beta" };
      const answer = await scripted.gateway.post(prefix + countPath, body, headers);
      assert.deepEqual(await answer.json(), { input_tokens: 2095 });
      assert.equal(kindOf(answer), "exact");
      assert.match(answer.headers.get("request-id") ?? "", /^req_/);
      assert.equal(answer.headers.get("x-sekisho-provider"), "anthropic");
      const { path, body: sent } = seen();
      assert.equal(path, "/an/v1/messages/count_tokens");
      assert.equal(sent.toString(), body.replace('"claude"', '"claude-sonnet-4-6"'));
      assert.equal(headerOf(seen(), "anthropic-version"), "2026-10-21");
      assert.equal(headerOf(seen(), "anthropic-beta"), "some-beta");
      assert.equal(headerOf(seen(), "x-api-key"), "upstream-secret-1234");
    });
  }

  test("goes to Claude on Bedrock as the native body that a call would be", async () => {
    scripted.answers(200, { inputTokens: 17 });
    const answer = await countClaude({ model: "bedrock", messages: hi, system: "Be brief" });
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ input_tokens: 17 }, "exact"]);
    assert.equal(seen().path, `/br/model/${claude}/count-tokens`);
    assert.equal(headerOf(seen(), "authorization"), "Bearer upstream-token-1234");
    const { input } = sentJson() as { input: { invokeModel: { body: string } } };
    const native = JSON.parse(Buffer.from(input.invokeModel.body, "base64").toString("utf8"));
    assert.equal(native.anthropic_version, "bedrock-2023-05-31");
    assert.deepEqual(native.messages[0].role, "user");
    assert.ok(native.max_tokens > 0, "a native body has a limit");
  });

  test("goes to Converse with what is counted, and nothing else", async () => {
    scripted.answers(200, { inputTokens: 18 });
    const answer = await countClaude({ model: "converse", messages: hi, temperature: 0.5 });
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ input_tokens: 18 }, "exact"]);
    assert.deepEqual(sentJson(), {
      input: { converse: { messages: [{ role: "user", content: [{ text: "Hi" }] }] } },
    });
  });

  test("is an estimate where the target cannot count, and nobody is asked", async () => {
    const messages = [{ role: "user", content: "a".repeat(400) + "漫画" }];
    const answer = await countClaude({ model: "gpt", messages });
    // Four Latin letters to a token, one kanji, and what a message adds.
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ input_tokens: 106 }, "estimated"]);
    assert.equal(scripted.upstream.seen.length, 0);
  });
});

describe("MON-4 a count of Bedrock's", () => {
  const messages = [{ role: "user", content: [{ text: "Hi" }] }];
  const native = {
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 9,
    messages: hi,
  };
  const invokeModel = { body: Buffer.from(JSON.stringify(native)).toString("base64") };

  test("WIR-10 of a Converse request passes to Converse with its bytes", async () => {
    scripted.answers(200, { inputTokens: 42 });
    const converse = '{ "messages":[{"role":"user","content":[{"text":"\\u3042 1.10"}]} ]}';
    const path = "/model/converse/count-tokens";
    const answer = await scripted.gateway.post(path, `{"input": {"converse":${converse}}}`);
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ inputTokens: 42 }, "exact"]);
    assert.match(answer.headers.get("x-amzn-requestid") ?? "", /^req_/);
    assert.equal(
      seen().body.toString(),
      '{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"\\u3042 1.10"}]} ]}}}',
    );
  });

  test("WIR-10 of a native body passes as it is", async () => {
    scripted.answers(200, { inputTokens: 43 });
    const answer = await countBedrock("bedrock", { invokeModel });
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ inputTokens: 43 }, "exact"]);
    assert.deepEqual(sentJson(), { input: { invokeModel } });
  });

  test("is translated for Anthropic", async () => {
    for (const input of [{ converse: { messages } }, { invokeModel }]) {
      scripted.upstream.seen.length = 0;
      const answer = await countBedrock("claude", input);
      assert.deepEqual([await answer.json(), kindOf(answer)], [{ inputTokens: 2095 }, "exact"]);
      const sent = sentJson() as Record<string, unknown>;
      assert.deepEqual(Object.keys(sent).toSorted(), ["messages", "model"]);
      assert.equal(sent["model"], "claude-sonnet-4-6");
      assert.equal(headerOf(seen(), "anthropic-version"), "2023-06-01");
    }
  });

  test("of a model that Bedrock does not count for is an estimate", async () => {
    const message = "The provided model doesn't support counting tokens.";
    scripted.answers(400, { message }, { "x-amzn-errortype": "ValidationException" });
    const answer = await countBedrock("bedrock", { converse: { messages } });
    assert.deepEqual([await answer.json(), kindOf(answer)], [{ inputTokens: 5 }, "estimated"]);
    assert.equal(seen().path, `/br/model/${claude}/count-tokens`);
  });

  test("that is wrong is refused in Bedrock's words", async () => {
    const answer = await countBedrock("bedrock", { converse: { messages: [] } });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("x-amzn-errortype"), "ValidationException");
    assert.equal(scripted.upstream.seen.length, 0);
  });
});

describe("a provider that does not count", () => {
  for (const status of [404, 405, 501]) {
    test(`and has no endpoint (${status}) is asked once; the answer is an estimate`, async () => {
      scripted.answers(status, "<html>");
      const answer = await countClaude({ model: "claude", messages: hi });
      assert.deepEqual([await answer.json(), kindOf(answer)], [{ input_tokens: 5 }, "estimated"]);
      seen();
    });
  }

  for (const [status, asked] of [
    [500, 2],
    [429, 2],
    [403, 1],
  ] as const) {
    test(`but answers ${status} is asked ${asked} times; the answer is an estimate`, async () => {
      scripted.answers(status, { type: "error", error: { type: "api_error", message: "no" } });
      const answer = await countClaude({ model: "claude", messages: hi });
      assert.deepEqual([answer.status, kindOf(answer)], [200, "estimated"]);
      assert.equal(scripted.upstream.seen.length, asked);
    });
  }

  test("in time is not waited for", async () => {
    scripted.upstream.answer = () => {};
    const answer = await countClaude(
      { model: "claude", messages: hi },
      { "x-sekisho-request-timeout-ms": "500" },
    );
    assert.deepEqual([answer.status, kindOf(answer)], [200, "estimated"]);
  });

  test("is no reason to rest it: a call goes through at once", async () => {
    scripted.answers(429, {}, { "retry-after": "600" });
    await countClaude({ model: "claude", messages: hi });
    scripted.answers(200, { input_tokens: 7 });
    const answer = await countClaude({ model: "claude", messages: hi });
    assert.equal(kindOf(answer), "exact");
  });

  test("is not replaced by a target with another tokenizer", async () => {
    scripted.answers(500, {});
    const answer = await countClaude({ model: "both", messages: hi });
    assert.equal(kindOf(answer), "estimated");
    assert.ok(scripted.upstream.seen.every(({ path }) => path.startsWith("/an/")));
  });

  test("and answers with something else is an estimate, however much it sends", async () => {
    for (const body of ["<html>", '{"input_tokens":-1}', `"${"x".repeat(70_000)}"`]) {
      scripted.answers(200, body);
      const answer = await countClaude({ model: "claude", messages: hi });
      assert.deepEqual([answer.status, kindOf(answer)], [200, "estimated"]);
    }
  });
});

describe("a count is admitted like a call", () => {
  const errorOf = async (answer: Response): Promise<unknown> => {
    const { error } = (await answer.json()) as { error: { type: string } };
    return [answer.status, error.type, answer.headers.get("x-sekisho-cause")];
  };

  test("what the provider finds wrong with it its sender is told", async () => {
    const error = { type: "invalid_request_error", message: "messages: roles must alternate" };
    scripted.answers(400, { type: "error", error });
    const answer = await countClaude({ model: "claude", messages: hi });
    assert.match(await answer.clone().text(), /roles must alternate/);
    const expected = [400, "invalid_request_error", "upstream_rejected"];
    assert.deepEqual(await errorOf(answer), expected);
  });

  const refusals: readonly (readonly [body: object | string, headers: object, told: unknown])[] = [
    ["{", {}, [400, "invalid_request_error", "invalid_json"]],
    [{ model: "claude" }, {}, [400, "invalid_request_error", "missing_field"]],
    [{ model: "none", messages: hi }, {}, [404, "not_found_error", "model_not_found"]],
    [
      { model: "claude", messages: hi },
      { authorization: "Bearer nobody" },
      [401, "authentication_error", "invalid_credential"],
    ],
    [
      { model: "claude", messages: hi },
      { "anthropic-version": "1999-01-01" },
      [400, "invalid_request_error", "invalid_value"],
    ],
  ];
  for (const [body, headers, told] of refusals) {
    test(`refused: ${JSON.stringify(told)}`, async () => {
      assert.deepEqual(await errorOf(await countClaude(body, headers)), told);
      assert.equal(scripted.upstream.seen.length, 0);
    });
  }

  test("SEC-3 by the surfaces and the models of the key", async () => {
    const body = { model: "claude", messages: hi };
    for (const [grant, told] of [
      [{ surfaces: ["anthropic.messages"] }, [403, "permission_error", "forbidden"]],
      [{ models: ["gpt"] }, [403, "permission_error", "model_forbidden"]],
    ] as const) {
      const key = await scripted.makeKey({ tenant: "demo", name: "k", ...grant });
      const answer = await countClaude(body, { authorization: "", "x-api-key": key });
      assert.deepEqual(await errorOf(answer), told);
    }
    const key = await scripted.makeKey({
      tenant: "demo",
      name: "k",
      surfaces: ["anthropic.countTokens"],
    });
    const answer = await countClaude(body, { authorization: "", "x-api-key": key });
    assert.equal(kindOf(answer), "exact");
  });

  test("MON-13 by the key's rate", async () => {
    const key = await scripted.makeKey({ tenant: "slow", name: "k" });
    const ask = (): Promise<Response> =>
      countClaude({ model: "gpt", messages: hi }, { authorization: `Bearer ${key}` });
    assert.equal((await ask()).status, 200);
    assert.deepEqual(await errorOf(await ask()), [429, "rate_limit_error", "rate_limited"]);
  });

  test("it costs nothing, and stands in metrics and log", async () => {
    const answer = await countClaude({ model: "claude", messages: hi });
    assert.equal(answer.headers.get("x-sekisho-cost-nano-usd"), null);
    const usage = await scripted.gateway.usage();
    assert.equal(usage.requests, 0);
    const { ready } = scripted.gateway.server;
    const metrics = await (await fetch(`${ready.urls["admin"]}/metrics`)).text();
    assert.match(metrics, /sekisho_token_counts_total\{[^}]*count="exact"[^}]*\} [1-9]/);
    assert.match(metrics, /sekisho_token_counts_total\{[^}]*count="estimated"[^}]*\} [1-9]/);
    const id = answer.headers.get("request-id") ?? "";
    await until("the line of the count", () => {
      const lines = scripted.gateway.server.log.split("\n");
      const line = lines.find((each) => each.includes(id));
      return line?.includes("tokens counted") === true ? line : null;
    });
  });
});

test("a client that leaves takes its count with it", async () => {
  const { promise: isClosed, resolve } = Promise.withResolvers<void>();
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
  scripted.upstream.answer = (response) => {
    response.on("close", resolve);
    asked();
  };
  const leaving = new AbortController();
  const { url, key } = scripted.gateway;
  const answer = fetch(url + countPath, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": "application/json" },
    body: JSON.stringify({ model: "claude", messages: hi }),
    signal: leaving.signal,
  });
  await isAsked;
  leaving.abort();
  await assert.rejects(answer, { name: "AbortError" });
  await isClosed;
});
