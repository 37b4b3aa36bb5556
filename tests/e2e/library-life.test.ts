import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { createGateway } from "sekisho";
import { LibraryUnderTest, libraryFailure } from "../harness/library-under-test.ts";

const usual = { tenantId: "demo", agentId: "librarian", model: "sole" } as const;

let library: LibraryUnderTest;
before(async () => {
  library = await LibraryUnderTest.start();
});
afterEach(() => library.simulator.reset());
after(() => library[Symbol.asyncDispose]());

describe("MON-8 a budget", () => {
  test("is each tenant's own, and its refusal says limit and used", async () => {
    const own = { scope: "key", window: "day", usd: 0.005 } as const;
    const tenants = { demo: {}, poor: { budgets: [own] } };
    await using limited = await createGateway(library.config({ data: ":memory:", tenants }));
    const ask = (tenantId: string) => limited.complete({ ...usual, tenantId, prompt: "Hello" });
    let spentNanoUsd = 0;
    const spend = async (): Promise<never> => {
      for (;;) spentNanoUsd += (await ask("poor")).costNanoUsd;
    };
    const failure = await libraryFailure(spend());
    assert.equal(failure.code, "budget_exhausted");
    assert.deepEqual([failure.limit, failure.used], [5_000_000, spentNanoUsd]);
    assert.ok(spentNanoUsd > 0 && spentNanoUsd <= 5_000_000);
    assert.equal(failure.facts["budgetType"], "key_daily_cost");
    await ask("demo");
  });
});

test("MON-5 the result says how many of the oldest messages were left out", async () => {
  const models: ConfigInput["models"] = {
    dropping: { targets: [{ provider: "near", model: "gpt-4" }], history: "dropOldest" },
  };
  await using gateway = await createGateway(library.config({ data: ":memory:", models }));
  const content = "once upon a time ".repeat(500);
  const turn = [
    { role: "user", content },
    { role: "assistant", content: "Go on" },
  ] as const;
  const ask = async (turns: number): Promise<number> => {
    const messages = [...Array.from({ length: turns }, () => turn).flat(), turn[0]];
    const answer = await gateway.complete({ ...usual, model: "dropping", messages, maxTokens: 9 });
    return answer.leftOutMessages;
  };
  assert.equal(await ask(1), 0);
  const leftOut = await ask(10);
  assert.ok(leftOut >= 14 && leftOut < 20 && leftOut % 2 === 0, `${leftOut} messages`);
});

describe("REF-1 createGateway", () => {
  test("names what is wrong with a configuration, and what was meant", async () => {
    // Not as the types have it.
    const failure = await libraryFailure(createGateway({ modles: {} } as ConfigInput));
    assert.equal(failure.code, "invalid_value");
    assert.match(failure.message, /^Cannot create the gateway: .*modles.*models/);
    for (const config of [null, [], "sekisho.yaml", { file: 7 }]) {
      // As JavaScript may call it.
      assert.equal(
        (await libraryFailure(createGateway(config as ConfigInput))).code,
        "invalid_value",
      );
    }
  });

  test("takes a file, and names its line", async () => {
    const file = join(library.folder, "sekisho.json");
    writeFileSync(
      file,
      JSON.stringify({ ...library.config({ data: ":memory:" }), log: { level: "warn" } }),
    );
    await using own = await createGateway({ file });
    assert.equal((await own.complete({ ...usual, prompt: "Hello" })).provider, "near");
    writeFileSync(file, "models:\n  a: 1\n");
    assert.match((await libraryFailure(createGateway({ file }))).message, /sekisho\.json:2: /);
    assert.match((await libraryFailure(createGateway({ file: `${file}x` }))).message, /ENOENT/);
    const both = { file, data: ":memory:" };
    assert.match((await libraryFailure(createGateway(both))).message, /: data stands beside file/);
  });

  test("says once of a package what is wrong with it", async () => {
    const providers = { p: { kind: "ai-sdk", package: "@ai-sdk/nobody-has-this" } } as const;
    const failure = await libraryFailure(createGateway({ data: ":memory:", providers }));
    assert.match(
      failure.message,
      /^Cannot create the gateway: providers\.p\.package: \S+ is not installed: npm install \S+$/,
    );
  });

  test("two of one data folder would spend one budget twice", async () => {
    const failure = await libraryFailure(createGateway(library.config()));
    assert.equal(failure.code, "conflict");
    assert.match(failure.message, /another process of Sekisho holds it/);
  });

  test("`:memory:` leaves nothing behind", async () => {
    const found = (): string[] =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("sekisho-memory-"));
    const before = new Set(found());
    await using own = await createGateway(library.config({ data: ":memory:" }));
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
    const own = await createGateway(library.config({ data: ":memory:" }));
    library.simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const answer = own.complete({ ...usual, prompt: "Hello" });
    await library.simulator.whenHeld(1);
    const closing = own.close();
    const failure = await libraryFailure(own.complete({ ...usual, prompt: "Hello" }));
    assert.deepEqual([failure.code, failure.retryable], ["draining", false]);
    assert.equal((await libraryFailure(own.usage())).code, "draining");
    assert.throws(() => own.health(), { code: "draining" });
    assert.throws(() => own.stats(), { code: "draining" });
    library.simulator.release();
    assert.equal((await answer).stopReason, "stop");
    await closing;
    await own.close();
    await own[Symbol.asyncDispose]();
    assert.equal(
      (await libraryFailure(own.stream({ ...usual, prompt: "a" }).result)).code,
      "draining",
    );
  });

  test("ends what is not over within its grace", async () => {
    const own = await createGateway(library.config({ data: ":memory:" }));
    library.simulator.setScenarios([{ name: "held", match: {}, hold: true }]);
    const answer = libraryFailure(own.complete({ ...usual, prompt: "Hello" }));
    await library.simulator.whenHeld(1);
    await own.close({ graceMs: 20 });
    assert.equal((await answer).code, "draining");
  });
});

describe("REF-1 cost", () => {
  test("MON-17 1,000 requests a day with GPT-4, and which of some models is cheapest", async () => {
    await using own = await createGateway({ data: ":memory:" });
    const short = { input: 100, output: 50 };
    const { cost } = own;
    assert.partialDeepStrictEqual(cost.calculate("gpt-4", short), {
      model: "gpt-4",
      costUsd: 0.006,
      costNanoUsd: 6_000_000,
    });
    assert.partialDeepStrictEqual(
      cost.monthly({ model: "gpt-4", requestsPerDay: 1_000, ...short }),
      {
        days: 30,
        requestUsd: 0.006,
        dayUsd: 6,
        totalUsd: 180,
      },
    );
    // An alias, and a name that no alias has.
    const models = ["sonnet", "gpt-4", "claude-haiku-4-5"];
    const costs = cost.compare(models, short).map(({ model, costUsd }) => [model, costUsd]);
    assert.deepEqual(costs, [
      ["claude-haiku-4-5", 0.00035],
      ["sonnet", 0.00105],
      ["gpt-4", 0.006],
    ]);
    assert.equal(cost.cheapest(models, short).model, "claude-haiku-4-5");
    assert.throws(() => cost.calculate("nobody", short), {
      name: "SekishoError",
      code: "unpriced",
    });
    assert.throws(() => cost.calculate("gpt-4", { input: -1, output: 0 }), {
      code: "invalid_value",
    });
    const answer = await own.complete({ ...usual, model: "gpt-4", prompt: "Hello" });
    // As programs in JavaScript may ask.
    const asked = cost as unknown as Record<string, (...said: unknown[]) => unknown>;
    const wrong: readonly (readonly [name: string, said: readonly unknown[]])[] = [
      ["calculate", ["gpt-4"]],
      ["calculate", [undefined, short]],
      ["calculate", ["gpt-4", { input: Number.MAX_SAFE_INTEGER, output: 0 }]],
      ["compare", ["gpt-4", short]],
      ["cheapest", [[1], short]],
      ["monthly", []],
      ["monthly", [{ requestsPerDay: 1, ...short }]],
    ];
    for (const [name, said] of wrong) {
      assert.throws(() => asked[name]?.call(cost, ...said), { code: "invalid_value" });
    }
    assert.equal(cost.calculate("gpt-4", answer.tokens).costNanoUsd, answer.costNanoUsd);
  });
});
