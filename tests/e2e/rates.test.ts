import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from "node:http2";
import { after, afterEach, before, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import OpenAI from "openai";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { asks, countingClient, openaiClient } from "../harness/openai-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const held = "Go on [[sim: hold tokens=10]]";
const quick = "Go on [[sim: tokens=10]]";

type Rates = NonNullable<NonNullable<ConfigInput["tenants"]>[string]["rates"]>;

/** Tenants with a key each: `one-key`, with the secret `secret-of-one-key`. */
const tenants: Readonly<Record<string, Rates>> = {
  usual: [],
  slow: [{ scope: "key", requestsPerSecond: 0.01, burst: 1 }],
  brisk: [{ scope: "key", requestsPerSecond: 2, burst: 1 }],
  frugal: [{ scope: "key", tokensPerMinute: 1_000 }],
  pair: [{ scope: "tenant", concurrent: 2 }],
  users: [{ scope: "user", concurrent: 1, requestsPerSecond: 0.01, burst: 2 }],
  wires: [{ scope: "connection", requestsPerSecond: 0.01, burst: 1 }],
  models: [{ scope: "model", requestsPerSecond: 0.01, burst: 1 }],
};

const secretOf = (tenant: string): string => `secret-of-the-key-of-${tenant}`;

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const own = Object.entries(tenants).map(([tenant, rates]) => [
    tenant,
    { keys: [{ id: `${tenant}-key`, secret: secretOf(tenant) }], rates },
  ]);
  return { ...steered, tenants: { ...steered.tenants, ...Object.fromEntries(own) } };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());
afterEach(() => void gateway.simulator.release());

interface Asked {
  readonly user?: string;
  readonly model?: string;
  readonly stream?: boolean;
  readonly maxTokens?: number;
  readonly signal?: AbortSignal;
}

const ask = async (tenant: string, content = quick, asked: Asked = {}): Promise<Response> => {
  const { user, model = "sole", stream = false, maxTokens = 10, signal } = asked;
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${secretOf(tenant)}`,
      "content-type": "application/json",
      ...(user === undefined ? {} : { "x-sekisho-user": user }),
    },
    body: JSON.stringify({ model, stream, max_tokens: maxTokens, messages: asks(content) }),
    ...(signal === undefined ? {} : { signal }),
  });
};

const detailsOf = async (response: Response): Promise<Record<string, unknown>> => {
  // The shape of OpenAI's errors, with our details.
  const { error } = (await response.json()) as { error: { details: Record<string, unknown> } };
  return error.details;
};

const picked = ({ headers }: Response, ...names: string[]): (string | null)[] =>
  names.map((name) => headers.get(name));

describe("MON-13 headers", () => {
  test("stand on whole answers, on streams and on refusals", async () => {
    for (const stream of [false, true]) {
      const response = await ask("usual", quick, { stream });
      await response.text();
      assert.equal(response.status, 200);
      assert.deepEqual(picked(response, "ratelimit-policy", "ratelimit-limit"), [
        '"key_requests";q=200;w=2',
        "200",
      ]);
      assert.match(response.headers.get("ratelimit") ?? "", /^"key_requests";r=(?:199|200);t=\d$/);
      assert.equal(response.headers.get("x-ratelimit-limit-requests"), "200");
      assert.match(response.headers.get("x-ratelimit-reset-requests") ?? "", /^\d+ms$/);
      assert.equal(response.headers.get("x-ratelimit-limit-tokens"), null);
    }
    const unknown = await ask("usual", quick, { model: "nameless" });
    assert.equal(unknown.status, 404);
    assert.equal(unknown.headers.get("ratelimit-limit"), "200");
    const stranger = await gateway.chat("Hello", {}, { authorization: "Bearer nobody" });
    assert.deepEqual([stranger.status, stranger.headers.get("ratelimit")], [401, null]);
  });
});

describe("MON-13 official clients beyond their rate", () => {
  test("openai raises RateLimitError, with headers that it can read", async () => {
    const client = openaiClient(gateway, { apiKey: secretOf("slow") });
    const input = { model: "sole", messages: asks(quick) as never, max_tokens: 10 };
    const { response } = await client.chat.completions.create(input).withResponse();
    assert.equal(response.headers.get("x-ratelimit-remaining-requests"), "0");
    const error = await client.chat.completions.create(input).catch((cause: unknown) => cause);
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "rate_limit_exceeded");
    assert.match(error.message, /the key sends faster than 0\.01 requests per second/);
    assert.equal(error.headers.get("x-ratelimit-remaining-requests"), "0");
    assert.equal(error.headers.get("retry-after"), error.headers.get("ratelimit-reset"));
  });

  test("anthropic raises RateLimitError, with headers of its own service", async () => {
    const options = { apiKey: secretOf("slow"), baseURL: gateway.url, maxRetries: 0 };
    const error = await new Anthropic(options).messages
      .create({ model: "sole", max_tokens: 10, messages: [{ role: "user", content: quick }] })
      .catch((cause: unknown) => cause);
    assert.ok(error instanceof Anthropic.RateLimitError);
    const names = ["limit", "remaining", "reset"];
    const told = names.map((name) => error.headers.get(`anthropic-ratelimit-requests-${name}`));
    assert.deepEqual(told.slice(0, 2), ["1", "0"]);
    const resetMs = Date.parse(told[2] ?? "") - gateway.clock.wallMs();
    assert.ok(resetMs > 60_000 && resetMs < 110_000, `${resetMs} ms`);
  });

  test("aws raises ThrottlingException", async () => {
    const client = new BedrockRuntimeClient({
      endpoint: gateway.url,
      region: "us-east-1",
      maxAttempts: 1,
      token: { token: secretOf("slow") },
      authSchemePreference: ["httpBearerAuth"],
    });
    const messages = [{ role: "user" as const, content: [{ text: quick }] }];
    const asked = new ConverseCommand({ modelId: "sole", messages });
    const error = await client.send(asked).catch((cause: unknown) => cause);
    assert.ok(error instanceof Error);
    assert.equal(error.name, "ThrottlingException");
    client.destroy();
  });

  test("openai waits as long as it is told, and is served then", async () => {
    const { client, sent } = countingClient(gateway, { apiKey: secretOf("brisk"), maxRetries: 2 });
    const input = { model: "sole", messages: asks(quick) as never, max_tokens: 10 };
    await client.chat.completions.create(input);
    await until("a call that came too soon", async () => {
      const before = sent();
      await client.chat.completions.create(input);
      // Where the machine is busy half a second may have passed before it.
      return sent() === before + 2 ? true : null;
    });
  });
});

describe("MON-13 tokens", () => {
  test("are reserved while a call runs, and what it did not use is back behind it", async () => {
    const first = ask("frugal", held, { maxTokens: 600 });
    await gateway.simulator.whenHeld(1);
    const refused = await ask("frugal", held, { maxTokens: 600 });
    assert.deepEqual([refused.status, refused.headers.get("x-should-retry")], [429, "true"]);
    const { rateType, limit } = await detailsOf(refused);
    assert.deepEqual([rateType, limit], ["key_tokens", 1_000]);
    assert.equal(refused.headers.get("x-ratelimit-limit-tokens"), "1000");
    assert.ok(Number(refused.headers.get("x-ratelimit-remaining-tokens")) < 400);
    gateway.simulator.release();
    const answer = await first;
    await answer.text();
    assert.ok(Number(answer.headers.get("x-ratelimit-remaining-tokens")) > 900);
    assert.equal((await ask("frugal", quick, { maxTokens: 600 })).status, 200);
  });

  test("a call that could take more than a minute's is refused for good", async () => {
    const refused = await ask("frugal", quick, { maxTokens: 1_000 });
    assert.equal(refused.status, 429);
    assert.deepEqual(picked(refused, "x-should-retry", "retry-after"), ["false", null]);
    assert.match(await refused.text(), /more than the 1000 per minute of the key/);
  });
});

describe("MON-13 calls at once", () => {
  test("a refusal names them and reaches nobody; the next passes when one is over", async () => {
    const before = gateway.simulator.calls().length;
    const running = [ask("pair", held), ask("pair", held)];
    await gateway.simulator.whenHeld(2);
    const refused = await ask("pair", held);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
    const policy = refused.headers.get("ratelimit-policy") ?? "";
    assert.match(policy, /"tenant_concurrent";q=2;qu="concurrent-requests"/);
    const { rateType, used } = await detailsOf(refused);
    assert.deepEqual([rateType, used], ["tenant_concurrent", 2]);
    assert.equal(gateway.simulator.calls().length, before + 2);
    gateway.simulator.release();
    for (const each of running) assert.equal((await each).status, 200);
    assert.equal((await ask("pair")).status, 200);
  });

  test("clients that leave give their places back", async () => {
    for (const stream of [false, true]) {
      const leaving = new AbortController();
      const { signal } = leaving;
      const running = [ask("pair", held, { stream, signal }), ask("pair", held, { signal })];
      await gateway.simulator.whenHeld(2);
      leaving.abort();
      for (const each of running) await assert.rejects(each);
      await gateway.settled();
      gateway.simulator.release();
      const again = [ask("pair", held), ask("pair", held)];
      await gateway.simulator.whenHeld(2);
      gateway.simulator.release();
      for (const each of again) assert.equal((await each).status, 200);
    }
  });
});

describe("MON-13 owners", () => {
  const typeOf = async (response: Response): Promise<unknown> =>
    response.status === 429 ? (await detailsOf(response))["rateType"] : response.status;

  test("each user has a rate of its own; calls that name none share one", async () => {
    const first = ask("users", held, { user: "anna" });
    await gateway.simulator.whenHeld(1);
    assert.equal(await typeOf(await ask("users", held, { user: "anna" })), "user_concurrent");
    assert.equal(await typeOf(await ask("users", quick, { user: "berta" })), 200);
    assert.equal(await typeOf(await ask("users")), 200);
    assert.equal(await typeOf(await ask("users")), 200);
    assert.equal(await typeOf(await ask("users")), "user_requests");
    gateway.simulator.release();
    assert.equal((await first).status, 200);
  });

  test("each model has a rate of its own", async () => {
    assert.equal(await typeOf(await ask("models")), 200);
    assert.equal(await typeOf(await ask("models")), "model_requests");
    assert.equal(await typeOf(await ask("models", quick, { model: "pair" })), 200);
  });

  test("each connection has a rate of its own, over HTTP/2 for all its streams", async () => {
    for (const session of [connect(gateway.url), connect(gateway.url)]) {
      assert.deepEqual([await statusOn(session), await statusOn(session)], [200, 429]);
      session.close();
    }
  });
});

/** The status of one question, on a connection that others may be asked on too. */
async function statusOn(session: ClientHttp2Session): Promise<unknown> {
  const stream = session.request({
    ":method": "POST",
    ":path": "/v1/chat/completions",
    authorization: `Bearer ${secretOf("wires")}`,
  });
  stream.end(JSON.stringify({ model: "sole", max_tokens: 10, messages: asks(quick) }));
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders]; // as node:http2 does
  stream.resume();
  await once(stream, "close");
  return headers[":status"];
}
