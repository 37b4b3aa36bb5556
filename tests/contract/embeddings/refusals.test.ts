import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import OpenAI from "openai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../../harness/openai-client.ts";
import { openaiFailure } from "../clients/openai-errors.ts";
import { embeddingConfig, poorKey } from "./embedding-config.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start({ config: embeddingConfig });
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());
beforeEach(() => gateway.simulator.reset());

type Body = OpenAI.EmbeddingCreateParams;

interface Refused {
  readonly status: number;
  /** As `x-sekisho-cause` says. */
  readonly cause: string;
  readonly param?: string;
  readonly words?: RegExp;
}

async function assertRefused(asking: Promise<unknown>, expected: Refused): Promise<void> {
  const error: unknown = await asking.then(
    () => assert.fail("it was answered"),
    (thrown: unknown) => thrown,
  );
  const { status, header, message } = openaiFailure(error);
  assert.deepEqual([status, header?.("x-sekisho-cause")], [expected.status, expected.cause]);
  assert.ok(error instanceof OpenAI.APIError);
  if (expected.param !== undefined) assert.equal(error.param, expected.param);
  if (expected.words !== undefined) assert.match(message, expected.words);
}

const input = "a text";

const sum = (costs: readonly { readonly costNanoUsd: number }[]): number =>
  costs.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);

describe("what is refused before any provider is asked", () => {
  const unsupported = { status: 400, cause: "unsupported_by_target" } as const;
  const invalid = { status: 400, cause: "invalid_value" } as const;
  const cases: readonly (readonly [name: string, body: Body, expected: Refused])[] = [
    [
      "WIR-13 vectors of a model that answers",
      { model: "chatty", input },
      {
        ...unsupported,
        param: "model",
        words: /"chatty", which is "gpt-4-turbo": it makes no vectors/,
      },
    ],
    [
      "WIR-13 vectors of a provider that makes none",
      { model: "claude", input },
      { ...unsupported, param: "model" },
    ],
    [
      "WIR-13 a length that Titan does not give",
      { model: "titan", input, dimensions: 300 },
      { ...unsupported, param: "dimensions", words: /300 dimensions .* 256, 512, 1024$/ },
    ],
    [
      "WIR-13 a length that is not to be chosen",
      { model: "ada", input, dimensions: 1_536 },
      { ...unsupported, param: "dimensions", words: /1536, which is not to be asked for$/ },
    ],
    [
      "WIR-13 vectors that are longer than the model's",
      { model: "openai", input, dimensions: 1_537 },
      { ...unsupported, param: "dimensions", words: /it has 1 to 1536$/ },
    ],
    [
      "more dimensions than any model has, of a model that no table knows",
      { model: "text-embedding-4-tiny", input, dimensions: 2_000_000_000 },
      { ...invalid, param: "dimensions", words: /above maximum value.*16384/ },
    ],
    [
      "WIR-13 ids of tokens for a target that takes texts",
      { model: "titan", input: [1, 2, 3] },
      { ...unsupported, param: "input", words: /ids of tokens/ },
    ],
    [
      "WIR-13 a field that nobody knows, for a target of another dialect",
      // The SDK sends whatever it is given.
      { model: "cohere", input, task: "find" } as Body,
      { ...unsupported, param: "task" },
    ],
    ["an empty text", { model: "titan", input: "" }, { ...invalid, param: "input" }],
    [
      "2,049 inputs",
      { model: "titan", input: Array.from({ length: 2_049 }, () => "a") },
      { ...invalid, param: "input", words: /array too long/ },
    ],
    ["an unknown model", { model: "nobody", input }, { status: 404, cause: "model_not_found" }],
  ];

  for (const [name, body, expected] of cases) {
    test(name, async () => {
      await assertRefused(client.embeddings.create(body), expected);
      assert.equal(gateway.simulator.calls().length, 0);
    });
  }

  test("WIR-13 an answer of a model that makes vectors, on every surface", async () => {
    for (const model of ["openai", "titan", "cohere", "text-embedding-3-large"]) {
      const expected = { ...unsupported, words: /makes vectors, which POST \/v1\/embeddings/ };
      const chat = client.chat.completions.create({ model, messages: asks("Hi") });
      await assertRefused(chat, expected);
      await assertRefused(client.responses.create({ model, input: "Hi" }), expected);
    }
    assert.equal(gateway.simulator.calls().length, 0);
  });

  test("a stranger, and MON-11 a key without money", async () => {
    const other = (apiKey: string) => openaiClient(gateway, { apiKey }).embeddings;
    const unknown = { status: 401, cause: "invalid_credential" };
    await assertRefused(other("sk-unknown").create({ model: "titan", input }), unknown);
    const poor = { status: 402, cause: "request_exceeds_budget" };
    await assertRefused(other(poorKey).create({ model: "titan", input }), poor);
    assert.equal(gateway.simulator.calls().length, 0);
  });
});

describe("what a provider refuses or fails at", () => {
  const faults: readonly (readonly [fault: string, expected: Refused])[] = [
    ["500", { status: 502, cause: "upstream_error" }],
    ["503", { status: 503, cause: "upstream_unavailable" }],
    ["429", { status: 429, cause: "upstream_rate_limited" }],
    ["401", { status: 502, cause: "upstream_auth" }],
    ["close-rst", { status: 502, cause: "upstream_cut" }],
    ["cut-clean", { status: 502, cause: "upstream_malformed" }],
    ["empty-body", { status: 502, cause: "upstream_malformed" }],
    ["html-body", { status: 502, cause: "upstream_malformed" }],
    ["empty-object", { status: 502, cause: "upstream_malformed" }],
    ["double-terminal", { status: 502, cause: "upstream_malformed" }],
    ["huge-line", { status: 502, cause: "upstream_malformed" }],
    ["gzip", { status: 502, cause: "upstream_malformed" }],
    ["redirect", { status: 502, cause: "upstream_malformed" }],
    ["content-filter", { status: 400, cause: "content_filtered" }],
    ["context-length", { status: 400, cause: "context_length_exceeded" }],
  ];

  for (const model of ["openai", "titan", "cohere", "gemini"]) {
    for (const [fault, expected] of faults) {
      test(`RTE-7 ${fault} × ${model}`, async () => {
        // The table of faults is the simulator's own; it refuses a name that is none.
        gateway.simulator.setScenarios([{ name: fault, fault: fault as "500" }]);
        const asking = client.embeddings.create({ model, input }).asResponse();
        await assertRefused(asking, expected);
      });
    }
  }

  test("RTE-10 a provider that does not answer", async () => {
    gateway.simulator.setScenarios([{ name: "mute", fault: "stall-head" }]);
    const expected = { status: 504, cause: "upstream_timeout" };
    await assertRefused(client.embeddings.create({ model: "hasty", input }), expected);
  });

  test("MON-15 one of many inputs is too long: nothing is paid, the rest is booked", async () => {
    const texts = [...Array.from({ length: 12 }, (_, n) => `text ${n}`), "a ".repeat(9_000)];
    const asking = client.embeddings.create({ model: "titan", input: texts });
    const expected = { status: 400, cause: "context_length_exceeded" };
    await assertRefused(asking, expected);
    const { rows } = await gateway.settled();
    const own = rows.findLast(({ attempt }) => attempt === 0);
    assert.deepEqual([own?.outcome, own?.cause, own?.costNanoUsd], ["error", expected.cause, 0]);
    const attempts = rows.filter(({ id, attempt }) => id === own?.id && attempt > 0);
    const served = attempts.filter(({ outcome }) => outcome === "ok");
    const billed = sum(gateway.simulator.calls().filter(({ outcome }) => outcome === "complete"));
    assert.ok(served.length > 0);
    // What was ended may have been answered meanwhile: it stands there at its bound.
    assert.ok(sum(served) <= billed && billed <= sum(attempts), `${billed}`);
  });

  test("MON-4 an estimate is no more than the window, which was reserved", async () => {
    gateway.simulator.setScenarios([{ name: "uncounted", fault: "no-usage" }]);
    const body = { model: "openai", input: "a".repeat(40_000) };
    const answer = await gateway.post("/v1/embeddings", body);
    await answer.arrayBuffer();
    const [own] = await gateway.rowsOf(answer);
    assert.deepEqual([own?.usageSource, own?.input], ["estimated", 8_192]);
  });

  test("MON-4 vectors that nobody has counted are estimated", async () => {
    gateway.simulator.setScenarios([{ name: "uncounted", fault: "no-usage" }]);
    const answer = await client.embeddings.create({ model: "openai", input }).asResponse();
    await answer.arrayBuffer();
    const [own] = await gateway.rowsOf(answer);
    assert.deepEqual([own?.outcome, own?.usageSource, own?.input], ["ok", "estimated", 2]);
  });
});
