import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import type { CompletionRequest, StreamChunk } from "sekisho";
import { LibraryUnderTest, libraryFailure } from "../harness/library-under-test.ts";

const usual = { tenantId: "demo", agentId: "librarian", model: "sole" } as const;

let library: LibraryUnderTest;
before(async () => {
  library = await LibraryUnderTest.start();
});
afterEach(() => library.simulator.reset());
after(() => library[Symbol.asyncDispose]());

describe("REF-1 complete", () => {
  test("answers with what the ledger holds, under the names that the call gave", async () => {
    const answer = await library.gateway.complete({
      ...usual,
      prompt: "Reply with exactly: ten volumes",
      sessionId: "visit-7",
    });
    const { tokens, totalLatencyMs, timeToFirstTokenMs, ...rest } = answer;
    assert.equal(tokens.total, tokens.input + tokens.output);
    assert.ok(timeToFirstTokenMs <= totalLatencyMs);
    assert.equal(answer.tokensPerSecond, (tokens.output * 1_000) / Math.max(1, totalLatencyMs));
    assert.partialDeepStrictEqual(rest, {
      content: "ten volumes",
      model: "gpt-4-turbo",
      provider: "near",
      region: "us-east-1",
      stopReason: "stop",
      cached: false,
      cache: null,
      arm: null,
      reason: null,
    });
    // GPT-4 Turbo: 10 and 30 USD for a million tokens.
    assert.equal(answer.costNanoUsd, tokens.input * 10_000 + tokens.output * 30_000);
    assert.equal(answer.costUsd, answer.costNanoUsd / 1e9);
    assert.partialDeepStrictEqual(await library.rowOf(answer), {
      tenant: "demo",
      agent: "librarian",
      session: "visit-7",
      surface: "library",
      alias: "sole",
      outcome: "ok",
      input: tokens.input,
      output: tokens.output,
      cost_nano_usd: answer.costNanoUsd,
    });
  });

  test("STR-14 gives an answer again where the call says how old it may be", async () => {
    const asked = { ...usual, prompt: "Twice", cacheTtl: 60 };
    const first = await library.gateway.complete(asked);
    const second = await library.gateway.complete(asked);
    assert.deepEqual([first.cached, second.cached], [false, true]);
    const { key } = first.cache ?? {};
    assert.match(key ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual(first.cache, { kind: "miss", key });
    assert.partialDeepStrictEqual(second.cache, { kind: "hit", key });
    assert.ok((second.cache?.ageMs ?? -1) >= 0);
    assert.deepEqual([second.content, second.costNanoUsd], [first.content, 0]);
    const streamed = [];
    for await (const chunk of library.gateway.stream(asked)) streamed.push(chunk.text);
    assert.equal(streamed.join(""), first.content);
    assert.ok(!(await library.gateway.complete({ ...asked, cacheTtl: 0 })).cached);
    assert.ok(library.gateway.stats().cacheHitRate > 0);
  });

  test("fails over as calls by HTTP do", async () => {
    library.simulator.setScenarios([
      { name: "near is down", match: { region: "us-east-1" }, fault: "503" },
    ]);
    const answer = await library.gateway.complete({ ...usual, model: "pair", prompt: "Hello" });
    assert.equal(answer.provider, "far");
    const { rows } = await library.settled();
    const own = rows.filter(({ id }) => answer.requestId.endsWith(id));
    assert.deepEqual(
      own.map(({ attempt, provider, cause }) => [attempt, provider, cause]),
      [
        [0, "far", null],
        [1, "near", "upstream_unavailable"],
        [2, "far", null],
      ],
    );
  });

  test("tells why nobody answered", async () => {
    library.simulator.setScenarios([{ name: "all down", match: {}, fault: "503" }]);
    const failure = await libraryFailure(library.gateway.complete({ ...usual, prompt: "Hello" }));
    assert.equal(failure.retryable, true);
    assert.match(failure.requestId ?? "", /^req_/);
    assert.equal((await library.rowOf(failure))["cause"], failure.code);
  });

  test("JSON is asked of a target that has such a mode, and refused for others", async () => {
    const json = { ...usual, prompt: "Hello", responseFormat: "json" } as const;
    await library.gateway.complete(json);
    const [asked] = library.simulator.calls();
    assert.equal(asked?.summary?.format, "json");
    const failure = await libraryFailure(library.gateway.complete({ ...json, model: "sonnet" }));
    assert.deepEqual([failure.code, failure.param], ["unsupported_by_target", "responseFormat"]);
    assert.equal(library.simulator.calls().length, 1, "no provider was asked");
  });

  // Programs in JavaScript may hand over anything.
  const refused: readonly (readonly [name: string, more: object, code: string, param: string])[] = [
    ["an unknown tenant", { tenantId: "x" }, "not_found", "tenantId"],
    ["no own tenant", { tenantId: "constructor" }, "not_found", "tenantId"],
    ["an unknown model", { model: "nobody" }, "model_not_found", "model"],
    ["an empty prompt", { prompt: "" }, "invalid_value", "prompt"],
    ["prompt and messages", { messages: [] }, "invalid_value", "messages"],
    ["a negative age", { cacheTtl: -1 }, "invalid_value", "cacheTtl"],
    ["a prompt of 33 MiB", { prompt: "x".repeat(33 * 1_048_576) }, "payload_too_large", ""],
  ];
  for (const [name, more, code, param] of refused) {
    test(`refuses ${name}: ${code}`, async () => {
      // The row says what is wrong with it.
      const request = { ...usual, prompt: "Hello", ...more } as CompletionRequest;
      const failure = await libraryFailure(library.gateway.complete(request));
      assert.deepEqual([failure.code, failure.param ?? ""], [code, param]);
      assert.equal(failure.retryable, false);
      assert.equal(library.simulator.calls().length, 0, "no provider was asked");
    });
  }
});

describe("REF-1 stream", () => {
  test("gives the chunks of the answer and then its result", async () => {
    const stream = library.gateway.stream({ ...usual, prompt: "Recommend a manga." });
    const chunks: StreamChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const result = await stream.result;
    assert.ok(chunks.length > 3);
    assert.deepEqual(
      chunks.map(({ index }) => index),
      chunks.map((_, index) => index),
    );
    assert.equal(chunks.map(({ text }) => text).join(""), result.content);
    const counts = chunks.map(({ cumulativeTokens }) => cumulativeTokens);
    assert.deepEqual(
      counts,
      [...counts].sort((one, other) => one - other),
    );
    assert.ok(chunks.every(({ timestamp }) => Number.isSafeInteger(timestamp)));
    assert.equal((await library.rowOf(result))["cost_nano_usd"], result.costNanoUsd);
  });

  for (const model of ["sole", "sonnet"]) {
    test(`says of ${model} what a whole answer says`, async () => {
      const question = { ...usual, model, prompt: "Recommend a manga." };
      const whole = await library.gateway.complete(question);
      const streamed = await library.gateway.stream(question).result;
      assert.equal(streamed.content, whole.content);
      assert.deepEqual(streamed.tokens, whole.tokens);
    });
  }

  test("a reader that leaves ends the call at the provider", async () => {
    library.simulator.setScenarios([{ name: "slow", match: {}, tokensPerSecond: 20 }]);
    const stream = library.gateway.stream({ ...usual, prompt: "Recommend a manga." });
    for await (const { index } of stream) if (index === 1) break;
    assert.equal((await libraryFailure(stream.result)).code, "client_closed");
    const { rows, openIntents } = await library.settled();
    assert.deepEqual([rows.at(-1)?.outcome, openIntents], ["cancelled", 0]);
  });

  test("a stream that breaks off throws what went wrong", async () => {
    library.simulator.setScenarios([{ name: "cut", match: {}, fault: "cut-rst", afterTokens: 3 }]);
    let text = "";
    const stream = library.gateway.stream({ ...usual, prompt: "Recommend a manga." });
    const failure = await libraryFailure(
      (async () => {
        for await (const chunk of stream) text += chunk.text;
      })(),
    );
    assert.equal(failure.code, "upstream_cut");
    assert.notEqual(text, "");
    assert.equal((await libraryFailure(stream.result)).code, "upstream_cut");
  });
});

describe("REF-1 a signal", () => {
  test("that is aborted already: nothing is sent", async () => {
    const signal = AbortSignal.abort(new Error("changed my mind"));
    const failure = await libraryFailure(
      library.gateway.complete({ ...usual, prompt: "Hello", signal }),
    );
    assert.equal(failure.code, "client_closed");
    assert.match(String(failure.cause), /changed my mind/);
    assert.equal(library.simulator.calls().length, 0);
  });

  test("ends a stream at its next step, whatever has come of it", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = library.gateway.stream({ ...usual, prompt: "Recommend a manga.", signal });
    await stream.next();
    await library.settled();
    controller.abort(new Error("enough"));
    const failure = await libraryFailure(stream.next());
    assert.equal(failure.code, "client_closed");
    assert.match(String(failure.cause), /enough/);
    assert.equal((await stream.next()).done, true);
    assert.equal((await libraryFailure(stream.result)).code, "client_closed");
  });

  test("ends a call that waits for its first token", async () => {
    library.simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const controller = new AbortController();
    const { signal } = controller;
    const answer = libraryFailure(library.gateway.complete({ ...usual, prompt: "Hello", signal }));
    await library.simulator.whenHeld(1);
    controller.abort();
    const failure = await answer;
    assert.equal(failure.code, "client_closed");
    assert.equal((await library.settled()).openIntents, 0);
  });
});

describe("REF-1 sums", () => {
  test("usage is the ledger's, by tenant and agent; stats are the process's", async () => {
    const before = library.gateway.stats();
    const agentId = "accountant";
    const answers = [
      await library.gateway.complete({ ...usual, agentId, prompt: "Hello" }),
      await library.gateway.complete({ ...usual, agentId, prompt: "Good bye" }),
    ];
    const sum = (of: (answer: (typeof answers)[number]) => number): number =>
      answers.reduce((total, answer) => total + of(answer), 0);
    const usage = await library.gateway.usage({ tenantId: "demo", agentId, range: "1h" });
    const costNanoUsd = sum((answer) => answer.costNanoUsd);
    assert.partialDeepStrictEqual(usage, {
      totalRequests: 2,
      totalErrors: 0,
      totalTokens: {
        input: sum(({ tokens }) => tokens.input),
        output: sum(({ tokens }) => tokens.output),
        total: sum(({ tokens }) => tokens.total),
      },
      totalCostNanoUsd: String(costNanoUsd),
      totalCostUsd: costNanoUsd / 1e9,
      averageCostUsd: costNanoUsd / 2e9,
      cacheHitRate: 0,
    });
    assert.ok(usage.averageLatencyMs > 0);
    const now = library.gateway.stats();
    assert.equal(now.totalRequests - before.totalRequests, 2);
    const spent = BigInt(now.totalCostNanoUsd) - BigInt(before.totalCostNanoUsd);
    assert.equal(spent, BigInt(costNanoUsd));
    assert.deepEqual(JSON.parse(JSON.stringify(now)), now);
    const nobody = await libraryFailure(library.gateway.usage({ tenantId: "nobody" }));
    assert.deepEqual([nobody.code, nobody.param], ["not_found", "tenantId"]);
    // As JavaScript may ask.
    const failure = await libraryFailure(library.gateway.usage({ range: "2h" as "1h" }));
    assert.deepEqual([failure.code, failure.param], ["invalid_value", "range"]);
  });

  test("health has a line for each provider", () => {
    const { status, providers, cache } = library.gateway.health();
    assert.match(status, /^(?:ok|degraded)$/);
    assert.deepEqual(Object.keys(providers), ["near", "far", "claude"]);
    assert.deepEqual(cache, { enabled: true });
    assert.equal(typeof providers["near"]?.available, "boolean");
  });
});
