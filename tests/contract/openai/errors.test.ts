import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI, { type APIError } from "openai";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { assertOnce } from "../../harness/assert-once.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, countingClient, openaiClient } from "../../harness/openai-client.ts";
import { steeredConfig } from "../../harness/steered-config.ts";

const keys = {
  pairOnly: "key-for-the-pair-alone",
  listOnly: "key-for-the-list-alone",
  slow: "key-that-is-slow",
  poor: "key-without-money",
};

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    models: { ...steered.models, unpriced: { targets: [{ provider: "near", model: "nameless" }] } },
    tenants: {
      ...steered.tenants,
      narrow: {
        keys: [
          { id: "pair-only", secret: keys.pairOnly, models: ["pair"] },
          { id: "list-only", secret: keys.listOnly, surfaces: ["openai.models"] },
        ],
      },
      slow: {
        keys: [{ id: "slow", secret: keys.slow }],
        rates: [{ scope: "key", requestsPerSecond: 5, burst: 1 }],
      },
      poor: {
        keys: [{ id: "poor", secret: keys.poor }],
        budgets: [{ scope: "key", window: "month", usd: 0.000_001 }],
      },
    },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

type Params = Partial<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming>;

/** The error that a call ends with, and how many requests the SDK sent until then. */
const failureOf = async (
  content: string,
  { params = {}, apiKey = gateway.key }: { params?: Params; apiKey?: string } = {},
): Promise<{ error: APIError; sent: number }> => {
  const { client, sent } = countingClient(gateway, { apiKey, maxRetries: 2 });
  try {
    await client.chat.completions.create({ model: "sole", messages: asks(content), ...params });
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError);
    return { error, sent: sent() };
  }
  return assert.fail("The call succeeded");
};

interface Case {
  readonly why: string;
  /** A class of the SDK. */
  readonly error: { readonly name: string };
  readonly status: number;
  readonly code: string;
  readonly asked?: string;
  readonly params?: Params;
  readonly apiKey?: string;
}

/** Errors that another try cannot mend: the SDK, told so, tries once. */
const final: readonly Case[] = [
  {
    why: "a value out of its range",
    error: OpenAI.BadRequestError,
    status: 400,
    code: "invalid_value",
    params: { temperature: 3 },
  },
  {
    why: "a prompt that the provider finds too long",
    error: OpenAI.BadRequestError,
    status: 400,
    code: "context_length_exceeded",
    asked: "[[sim: fault=context-length]]",
  },
  {
    why: "a prompt that the provider filters",
    error: OpenAI.BadRequestError,
    status: 400,
    code: "content_filter",
    asked: "[[sim: fault=content-filter]]",
  },
  {
    why: "a wrong key",
    error: OpenAI.AuthenticationError,
    status: 401,
    code: "invalid_api_key",
    apiKey: "not-a-key-of-anybody",
  },
  {
    why: "a model that the key may not use",
    error: OpenAI.PermissionDeniedError,
    status: 403,
    code: "model_forbidden",
    apiKey: keys.pairOnly,
  },
  {
    why: "a surface that the key may not call",
    error: OpenAI.PermissionDeniedError,
    status: 403,
    code: "forbidden",
    apiKey: keys.listOnly,
  },
  {
    why: "a model without a price under a budget",
    error: OpenAI.PermissionDeniedError,
    status: 403,
    code: "unpriced",
    apiKey: keys.poor,
    params: { model: "unpriced" },
  },
  {
    why: "a call dearer than the budget",
    error: OpenAI.APIError,
    status: 402,
    code: "request_exceeds_budget",
    apiKey: keys.poor,
    params: { max_tokens: 1_000 },
  },
  {
    why: "an unknown model",
    error: OpenAI.NotFoundError,
    status: 404,
    code: "model_not_found",
    params: { model: "nobody" },
  },
  {
    why: "a credential of the gateway that the provider refuses",
    error: OpenAI.InternalServerError,
    status: 502,
    code: "upstream_auth",
    asked: "[[sim: fault=401]]",
  },
];

for (const { why, error: type, status, code, asked = "Hello", ...how } of final) {
  test(`${why} is a ${type.name}, and the SDK does not retry`, async () => {
    const { error, sent } = await failureOf(asked, how);
    assert.equal(error.constructor, type);
    assert.deepEqual([error.status, error.code, sent], [status, code, 1]);
    assert.match(error.requestID ?? "", /^req_[0-9a-z]{26}$/);
    assert.equal(error.headers?.get("x-should-retry"), "false");
    assert.ok((error.message ?? "").length > 10);
  });
}

test("a field at fault is named", async () => {
  const { error } = await failureOf("Hello", { params: { temperature: 3 } });
  assert.equal(error.param, "temperature");
  const { error: unknown } = await failureOf("Hello", { params: { model: "nobody" } });
  assert.equal(unknown.param, "model");
});

test("RTE-7 a request that the provider rejects is a BadRequestError at once", async () => {
  for (const fault of ["400", "404", "413", "422"]) {
    const already = gateway.simulator.calls().length;
    const { error, sent } = await failureOf(`[[sim: fault=${fault}]]`, {
      params: { model: "pair" },
    });
    assert.equal(error.constructor, OpenAI.BadRequestError, fault);
    assert.deepEqual([error.type, sent], ["invalid_request_error", 1]);
    assert.equal(gateway.simulator.calls().length - already, 1, "no other target was tried");
  }
});

/** Errors that another try may mend: by status and code as the table has them. */
const retried: readonly (readonly [fault: string, status: number, code: string])[] = [
  ["429 backoff-ms=10", 429, "upstream_rate_limited"],
  ["408 backoff-ms=10", 504, "upstream_timeout"],
  ["409", 502, "upstream_error"],
  ["500", 502, "upstream_error"],
  ["502", 503, "upstream_unavailable"],
  ["503 backoff-ms=10", 503, "upstream_unavailable"],
  ["529 backoff-ms=10", 503, "upstream_unavailable"],
  ["empty-body", 502, "upstream_malformed"],
  ["close-rst", 502, "upstream_cut"],
];

for (const [fault, status, code] of retried) {
  test(`a provider's ${fault.split(" ", 1)[0]} is ${status} ${code}, worth a retry`, async () => {
    const client = openaiClient(gateway);
    await assert.rejects(
      client.chat.completions.create({
        model: "sole",
        messages: asks(`[[sim: fault=${fault}]]`),
      }),
      (error) => {
        assert.ok(
          error instanceof (status === 429 ? OpenAI.RateLimitError : OpenAI.InternalServerError),
        );
        assert.equal(error.headers?.get("x-should-retry"), "true");
        assert.equal(error.headers?.get("x-sekisho-provider"), "near");
        assert.deepEqual([error.status, error.code], [status, code]);
        // Nothing of the provider's own words about itself.
        assert.ok(!error.message.includes("(simulated)"));
        return true;
      },
    );
  });
}

test("MON-13 the SDK waits as the rate's hint says, then its retry is served", async () => {
  const { client, sent } = countingClient(gateway, { apiKey: keys.slow, maxRetries: 2 });
  const ask = () =>
    client.chat.completions.create({ model: "sole", messages: asks("Reply with exactly: ok") });
  await ask();
  const waited = async (): Promise<number> => {
    const [before, already] = [sent(), gateway.simulator.calls().length];
    const startedMs = performance.now();
    await ask();
    const waitedMs = performance.now() - startedMs;
    assert.equal(gateway.simulator.calls().length - already, 1);
    // Where the machine is busy a fifth of a second may have passed before it.
    return sent() - before === 2 ? waitedMs : Infinity;
  };
  // The hint is 200 ms at most, the SDK's own pause 500.
  await assertOnce(waited, { limitMs: 450, most: 20 });
});

test("MON-13 beyond the rate without retries: RateLimitError with both hints", async () => {
  const client = openaiClient(gateway, { apiKey: keys.slow });
  const burst = Array.from({ length: 20 }, () =>
    client.chat.completions.create({ model: "sole", messages: asks("Hello") }),
  );
  const outcomes = await Promise.allSettled(burst);
  const refused = outcomes.flatMap((each): unknown[] =>
    each.status === "rejected" ? [each.reason] : [],
  );
  assert.ok(refused.length >= 2);
  for (const error of refused) {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "rate_limit_exceeded");
    assert.equal(error.headers?.get("retry-after"), "1");
    const hintMs = Number(error.headers.get("retry-after-ms"));
    assert.ok(hintMs > 0 && hintMs <= 200, `${hintMs}`);
  }
});

test("a gateway that dies, or is gone, is an APIConnectionError", async () => {
  const dying = await GatewayUnderTest.start();
  await using _ = dying;
  const client = openaiClient(dying);
  const ask = (content: string) =>
    assert.rejects(
      client.chat.completions.create({ model: "sole", messages: asks(content) }),
      OpenAI.APIConnectionError,
    );
  const asking = ask("Hello [[sim: hold]]");
  await dying.simulator.whenHeld(1);
  await dying.server.kill("SIGKILL");
  await asking;
  await ask("Hello");
});
