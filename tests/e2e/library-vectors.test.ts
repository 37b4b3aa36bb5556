import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import type { EmbeddingRequest } from "sekisho";
import { embedText } from "@sekisho/simulator/embedding/embed-text.ts";
import { LibraryUnderTest, libraryFailure } from "../harness/library-under-test.ts";

const usual = { tenantId: "demo", agentId: "indexer" } as const;
const input = ["tea", "自転車", "naïve 🚲"];

let library: LibraryUnderTest;
before(async () => {
  library = await LibraryUnderTest.start();
});
afterEach(() => library.simulator.reset());
after(() => library[Symbol.asyncDispose]());

describe("REF-1 embed", () => {
  const targets = [
    { model: "vectors", made: "text-embedding-3-small", dimensions: 64 },
    { model: "titan", made: "amazon.titan-embed-text-v2:0", dimensions: 256 },
  ];
  for (const { model, made, dimensions } of targets) {
    test(`gives the vectors of ${model} in order, and the ledger has what they cost`, async () => {
      const answer = await library.gateway.embed({ ...usual, model, input, dimensions });
      assert.deepEqual(
        answer.vectors,
        input.map((text) => embedText(text, dimensions)),
      );
      const calls = library.simulator.calls();
      const billed = calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      const tokens = calls.reduce((sum, call) => sum + call.tokens.input, 0);
      assert.deepEqual(
        [answer.model, answer.region, answer.inputTokens, answer.costNanoUsd],
        [made, "us-east-1", tokens, billed],
      );
      assert.equal(answer.costUsd, billed / 1e9);
      assert.partialDeepStrictEqual(await library.rowOf(answer), {
        tenant: "demo",
        agent: "indexer",
        surface: "openai.embeddings",
        alias: model,
        outcome: "ok",
        input: tokens,
        cost_nano_usd: billed,
      });
    });
  }

  test("one text is one vector", async () => {
    const { vectors } = await library.gateway.embed({ ...usual, model: "titan", input: "tea" });
    assert.deepEqual(vectors, [embedText("tea", 1_024)]);
  });

  test("what is wrong is refused by name, and nothing is asked", async () => {
    const ask = (options: object): Promise<unknown> =>
      // Programs in JavaScript may say anything.
      library.gateway.embed({ ...usual, model: "vectors", ...options } as EmbeddingRequest);
    const cases = [
      [{ input: [] }, "invalid_value", "input"],
      [{}, "missing_field", "input"],
      [{ input, model: "sole" }, "unsupported_by_target", "model"],
      [{ input, model: "nobody" }, "model_not_found", "model"],
      [{ input, prompt: "a" }, "invalid_value", "prompt"],
      [{ input, dimensions: 0 }, "invalid_value", "dimensions"],
      [{ input, tenantId: "nobody" }, "not_found", "tenantId"],
    ] as const;
    for (const [options, code, param] of cases) {
      const failure = await libraryFailure(ask(options));
      assert.deepEqual([failure.code, failure.param], [code, param], JSON.stringify(options));
    }
    assert.equal(library.simulator.calls().length, 0);
  });

  test("tells why nobody made vectors", async () => {
    library.simulator.setScenarios([{ name: "all down", fault: "503" }]);
    const failure = await libraryFailure(
      library.gateway.embed({ ...usual, model: "vectors", input }),
    );
    assert.equal(failure.code, "upstream_unavailable");
    assert.equal((await library.rowOf(failure))["cause"], failure.code);
  });

  test("STR-6 a signal ends the call here and at the provider", async () => {
    library.simulator.setScenarios([{ name: "held", hold: true }]);
    const leaving = new AbortController();
    const asking = library.gateway.embed({
      ...usual,
      model: "vectors",
      input,
      signal: leaving.signal,
    });
    const failed = libraryFailure(asking);
    await library.simulator.whenHeld(1);
    leaving.abort(new Error("enough"));
    const failure = await failed;
    assert.equal(failure.code, "client_closed");
    assert.equal((failure.cause as Error).message, "enough"); // as it was aborted with
    assert.equal((await library.rowOf(failure))["outcome"], "cancelled");
  });
});

test("REF-1 budget is what GET /v1/budget says of the tenant's calls", async () => {
  const { gateway } = library;
  assert.deepEqual(gateway.budget({ tenantId: "demo" }).budgets, []);
  assert.throws(() => gateway.budget({ tenantId: "nobody" }), { code: "not_found" });
  // As JavaScript may ask.
  assert.throws(() => gateway.budget(undefined as never), { code: "missing_field" });
  const { createGateway } = await import("sekisho");
  await using limited = await createGateway({
    data: ":memory:",
    tenants: { shop: { budgets: [{ scope: "key", window: "day", usd: 1 }] } },
  });
  const before = limited.budget({ tenantId: "shop" });
  assert.equal(before.daily.costRemainingUsd, "1.00");
  const asked = { tenantId: "shop", agentId: "a", model: "embed", input: "tea" } as const;
  const { costNanoUsd } = await limited.embed(asked);
  const [account] = limited.budget({ tenantId: "shop" }).budgets;
  assert.equal(Number(account?.cost?.used), costNanoUsd);
});
