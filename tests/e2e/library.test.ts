import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, afterEach, before, describe, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import {
  createGateway,
  SekishoError,
  type CompletionRequest,
  type SekishoGateway,
  type StreamChunk,
} from "sekisho";
import { readLedgerFile } from "../harness/ledger-file.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const folder = mkdtempSync(join(tmpdir(), "sekisho-library-"));
const data = join(folder, "data");
const usual = { tenantId: "demo", agentId: "librarian", model: "sole" } as const;

let simulator: Simulator;
let gateway: SekishoGateway;

const configOf = (more: ConfigInput = {}): ConfigInput => {
  const steered = steeredConfig(simulator.url);
  return {
    ...steered,
    data,
    shedding: { lagMs: null, queueAgeMs: null },
    providers: {
      ...steered.providers,
      claude: {
        kind: "simulator",
        dialect: "bedrock",
        region: "us-east-1",
        baseUrl: `${simulator.url}/us-east-1`,
      },
    },
    models: {
      ...steered.models,
      sonnet: { targets: [{ provider: "claude", model: "anthropic.claude-sonnet-4-6" }] },
    },
    ...more,
  };
};

before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
  gateway = await createGateway(configOf());
});
afterEach(() => simulator.reset());
after(async () => {
  await gateway.close();
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The response's own row, and where it came from. */
function rowOf(requestId: string) {
  using database = new DatabaseSync(join(data, "sekisho.db"), { readOnly: true });
  const sql = "SELECT * FROM ledger WHERE id = ? AND attempt = 0";
  return database.prepare(sql).get(requestId.slice("req_".length));
}

async function failureOf(promise: Promise<unknown>): Promise<SekishoError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SekishoError, String(error));
  return error;
}

describe("REF-1 complete", () => {
  test("answers with what the ledger holds, under the names that the call gave", async () => {
    const answer = await gateway.complete({
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
    });
    // GPT-4 Turbo: 10 and 30 USD for a million tokens.
    assert.equal(answer.costNanoUsd, tokens.input * 10_000 + tokens.output * 30_000);
    assert.equal(answer.costUsd, answer.costNanoUsd / 1e9);
    await gateway.usage();
    assert.partialDeepStrictEqual(
      { ...rowOf(answer.requestId) },
      {
        tenant: "demo",
        agent: "librarian",
        session: "visit-7",
        surface: "library",
        alias: "sole",
        outcome: "ok",
        input: tokens.input,
        output: tokens.output,
        cost_nano_usd: answer.costNanoUsd,
      },
    );
  });

  test("fails over as calls by HTTP do", async () => {
    simulator.setScenarios([
      { name: "near is down", match: { region: "us-east-1" }, fault: "503" },
    ]);
    const answer = await gateway.complete({ ...usual, model: "pair", prompt: "Hello" });
    assert.equal(answer.provider, "far");
    await gateway.usage();
    const { rows } = readLedgerFile(data);
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
    simulator.setScenarios([{ name: "all down", match: {}, fault: "503" }]);
    const failure = await failureOf(gateway.complete({ ...usual, prompt: "Hello" }));
    assert.equal(failure.retryable, true);
    assert.match(failure.requestId ?? "", /^req_/);
    await gateway.usage();
    assert.equal(rowOf(failure.requestId ?? "")?.["cause"], failure.code);
  });

  test("JSON is asked of a target that has such a mode, and refused for others", async () => {
    const json = { ...usual, prompt: "Hello", responseFormat: "json" } as const;
    await gateway.complete(json);
    const [asked] = simulator.calls();
    assert.equal(asked?.summary?.format, "json");
    const failure = await failureOf(gateway.complete({ ...json, model: "sonnet" }));
    assert.deepEqual([failure.code, failure.param], ["unsupported_by_target", "responseFormat"]);
    assert.equal(simulator.calls().length, 1, "no provider was asked");
  });

  // Programs in JavaScript may hand over anything.
  const refused: readonly (readonly [name: string, more: object, code: string, param: string])[] = [
    ["an unknown tenant", { tenantId: "x" }, "not_found", "tenantId"],
    ["no own tenant", { tenantId: "constructor" }, "not_found", "tenantId"],
    ["an unknown model", { model: "nobody" }, "model_not_found", "model"],
    ["an empty prompt", { prompt: "" }, "invalid_value", "prompt"],
    ["prompt and messages", { messages: [] }, "invalid_value", "messages"],
    ["a cache", { cacheTtl: 60 }, "invalid_value", "cacheTtl"],
    ["a prompt of 33 MiB", { prompt: "x".repeat(33 * 1_048_576) }, "payload_too_large", ""],
  ];
  for (const [name, more, code, param] of refused) {
    test(`refuses ${name}: ${code}`, async () => {
      // The row says what is wrong with it.
      const request = { ...usual, prompt: "Hello", ...more } as CompletionRequest;
      const failure = await failureOf(gateway.complete(request));
      assert.deepEqual([failure.code, failure.param ?? ""], [code, param]);
      assert.equal(failure.retryable, false);
      assert.equal(simulator.calls().length, 0, "no provider was asked");
    });
  }
});

describe("REF-1 stream", () => {
  test("gives the chunks of the answer and then its result", async () => {
    const stream = gateway.stream({ ...usual, prompt: "Recommend a manga." });
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
    await gateway.usage();
    assert.equal(rowOf(result.requestId)?.["cost_nano_usd"], result.costNanoUsd);
  });

  for (const model of ["sole", "sonnet"]) {
    test(`says of ${model} what a whole answer says`, async () => {
      const question = { ...usual, model, prompt: "Recommend a manga." };
      const whole = await gateway.complete(question);
      const streamed = await gateway.stream(question).result;
      assert.equal(streamed.content, whole.content);
      assert.deepEqual(streamed.tokens, whole.tokens);
    });
  }

  test("a reader that leaves ends the call at the provider", async () => {
    simulator.setScenarios([{ name: "slow", match: {}, tokensPerSecond: 20 }]);
    const stream = gateway.stream({ ...usual, prompt: "Recommend a manga." });
    for await (const { index } of stream) if (index === 1) break;
    assert.equal((await failureOf(stream.result)).code, "client_closed");
    await gateway.usage();
    const { rows, openIntents } = readLedgerFile(data);
    assert.deepEqual([rows.at(-1)?.outcome, openIntents], ["cancelled", 0]);
  });

  test("a stream that breaks off throws what went wrong", async () => {
    simulator.setScenarios([{ name: "cut", match: {}, fault: "cut-rst", afterTokens: 3 }]);
    let text = "";
    const stream = gateway.stream({ ...usual, prompt: "Recommend a manga." });
    const failure = await failureOf(
      (async () => {
        for await (const chunk of stream) text += chunk.text;
      })(),
    );
    assert.equal(failure.code, "upstream_cut");
    assert.notEqual(text, "");
    assert.equal((await failureOf(stream.result)).code, "upstream_cut");
  });
});

describe("REF-1 a signal", () => {
  test("that is aborted already: nothing is sent", async () => {
    const signal = AbortSignal.abort(new Error("changed my mind"));
    const failure = await failureOf(gateway.complete({ ...usual, prompt: "Hello", signal }));
    assert.equal(failure.code, "client_closed");
    assert.match(String(failure.cause), /changed my mind/);
    assert.equal(simulator.calls().length, 0);
  });

  test("ends a call that waits for its first token", async () => {
    simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const controller = new AbortController();
    const { signal } = controller;
    const answer = failureOf(gateway.complete({ ...usual, prompt: "Hello", signal }));
    await simulator.whenHeld(1);
    controller.abort();
    const failure = await answer;
    assert.equal(failure.code, "client_closed");
    await gateway.usage();
    assert.equal(readLedgerFile(data).openIntents, 0);
  });
});

describe("REF-1 sums", () => {
  test("usage is the ledger's, by tenant and agent; stats are the process's", async () => {
    const before = gateway.stats();
    const agentId = "accountant";
    const answers = [
      await gateway.complete({ ...usual, agentId, prompt: "Hello" }),
      await gateway.complete({ ...usual, agentId, prompt: "Good bye" }),
    ];
    const sum = (of: (answer: (typeof answers)[number]) => number): number =>
      answers.reduce((total, answer) => total + of(answer), 0);
    const usage = await gateway.usage({ tenantId: "demo", agentId, range: "1h" });
    const costNanoUsd = sum((answer) => answer.costNanoUsd);
    assert.partialDeepStrictEqual(usage, {
      totalRequests: 2,
      totalErrors: 0,
      totalTokens: {
        input: sum(({ tokens }) => tokens.input),
        output: sum(({ tokens }) => tokens.output),
        total: sum(({ tokens }) => tokens.total),
      },
      totalCostNanoUsd: BigInt(costNanoUsd),
      totalCostUsd: costNanoUsd / 1e9,
      averageCostUsd: costNanoUsd / 2e9,
      cacheHitRate: 0,
    });
    assert.ok(usage.averageLatencyMs > 0);
    const now = gateway.stats();
    assert.equal(now.totalRequests - before.totalRequests, 2);
    assert.equal(now.totalCostNanoUsd - before.totalCostNanoUsd, BigInt(costNanoUsd));
    assert.equal((await gateway.usage({ tenantId: "nobody" })).totalRequests, 0);
    // As JavaScript may ask.
    const failure = await failureOf(gateway.usage({ range: "2h" as "1h" }));
    assert.deepEqual([failure.code, failure.param], ["invalid_value", "range"]);
  });

  test("health has a line for each provider", () => {
    const { status, providers, cache } = gateway.health();
    assert.match(status, /^(?:ok|degraded)$/);
    assert.deepEqual(Object.keys(providers), ["near", "far", "claude"]);
    assert.deepEqual(cache, { enabled: false });
    assert.equal(typeof providers["near"]?.available, "boolean");
  });
});

describe("MON-8 a budget", () => {
  test("is each tenant's own, and its refusal says limit and used", async () => {
    const own = { scope: "key", window: "day", usd: 0.005 } as const;
    const tenants = { demo: {}, poor: { budgets: [own] } };
    await using limited = await createGateway(configOf({ data: ":memory:", tenants }));
    const ask = (tenantId: string) => limited.complete({ ...usual, tenantId, prompt: "Hello" });
    let spentNanoUsd = 0;
    const spend = async (): Promise<never> => {
      for (;;) spentNanoUsd += (await ask("poor")).costNanoUsd;
    };
    const failure = await failureOf(spend());
    assert.equal(failure.code, "budget_exhausted");
    assert.deepEqual([failure.limit, failure.used], [5_000_000, spentNanoUsd]);
    assert.ok(spentNanoUsd > 0 && spentNanoUsd <= 5_000_000);
    assert.equal(failure.facts["budgetType"], "key_day");
    await ask("demo");
  });
});

describe("REF-1 createGateway", () => {
  test("names what is wrong with a configuration, and what was meant", async () => {
    // Not as the types have it.
    const failure = await failureOf(createGateway({ modles: {} } as ConfigInput));
    assert.equal(failure.code, "invalid_value");
    assert.match(failure.message, /^Cannot create the gateway: .*modles.*models/);
    for (const config of [null, [], "sekisho.yaml", { file: 7 }]) {
      // As JavaScript may call it.
      assert.equal((await failureOf(createGateway(config as ConfigInput))).code, "invalid_value");
    }
  });

  test("takes a file, and names its line", async () => {
    const file = join(folder, "sekisho.json");
    writeFileSync(
      file,
      JSON.stringify({ ...configOf({ data: ":memory:" }), log: { level: "warn" } }),
    );
    await using own = await createGateway({ file });
    assert.equal((await own.complete({ ...usual, prompt: "Hello" })).provider, "near");
    writeFileSync(file, "models:\n  a: 1\n");
    assert.match((await failureOf(createGateway({ file }))).message, /sekisho\.json:2: /);
    assert.match((await failureOf(createGateway({ file: `${file}x` }))).message, /ENOENT/);
  });

  test("two of one data folder would spend one budget twice", async () => {
    const failure = await failureOf(createGateway(configOf()));
    assert.equal(failure.code, "conflict");
    assert.match(failure.message, /another process of Sekisho holds it/);
  });

  test("`:memory:` leaves nothing behind", async () => {
    const found = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("sekisho-memory-"));
    const before = new Set(found());
    await using own = await createGateway(configOf({ data: ":memory:" }));
    await own.complete({ ...usual, prompt: "Hello" });
    const made = found().filter((name) => !before.has(name));
    await own.close();
    assert.deepEqual(
      found().filter((name) => made.includes(name)),
      [],
    );
  });
});

describe("REF-1 close", () => {
  test("lets calls under way run to their end, and takes no other", async () => {
    const own = await createGateway(configOf({ data: ":memory:" }));
    simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const answer = own.complete({ ...usual, prompt: "Hello" });
    await simulator.whenHeld(1);
    const closing = own.close();
    const failure = await failureOf(own.complete({ ...usual, prompt: "Hello" }));
    assert.deepEqual([failure.code, failure.retryable], ["draining", false]);
    assert.equal((await failureOf(own.usage())).code, "draining");
    assert.throws(() => own.health(), { code: "draining" });
    assert.throws(() => own.stats(), { code: "draining" });
    simulator.release();
    assert.equal((await answer).stopReason, "stop");
    await closing;
    await own.close();
    await own[Symbol.asyncDispose]();
    assert.equal((await failureOf(own.stream({ ...usual, prompt: "a" }).result)).code, "draining");
  });

  test("ends what is not over within its grace", async () => {
    const own = await createGateway(configOf({ data: ":memory:" }));
    simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const answer = failureOf(own.complete({ ...usual, prompt: "Hello" }));
    await simulator.whenHeld(1);
    await own.close({ graceMs: 20 });
    assert.equal((await answer).code, "draining");
  });
});
