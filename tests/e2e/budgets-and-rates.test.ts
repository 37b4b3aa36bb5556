import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const question = "Go on [[sim: hold tokens=10]]";
const maxTokens = 10;
const affordable = 5;

/** gpt-4-turbo: 10 and 30 USD per million tokens. */
const inputNanoUsd = 10_000;
const outputNanoUsd = 30_000;

const chat = (content: string, rest: object = {}): string =>
  JSON.stringify({
    model: "sole",
    messages: [{ role: "user", content }],
    max_tokens: maxTokens,
    ...rest,
  });

/** MON-4: bytes of the body, 16 for the request and 8 for its message; 3 for rounding up lines. */
const boundTokens = Buffer.byteLength(chat(question)) + 16 + 8;
const boundNanoUsd = boundTokens * inputNanoUsd + maxTokens * outputNanoUsd + 3;

const keys = {
  tight: "key-with-a-tight-budget",
  small: "key-with-a-small-budget",
  slow: "key-that-is-slow",
  both: "key-with-budget-and-rate",
};
const budget = (nanoUsd: number) => [
  { scope: "key" as const, window: "month" as const, usd: nanoUsd / 1e9 },
];

/** So slowly that no time that a test takes gives another request. */
const slowly = [{ scope: "key" as const, requestsPerSecond: 0.01, burst: 3 }];

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    models: { ...steered.models, unpriced: { targets: [{ provider: "near", model: "nameless" }] } },
    tenants: {
      ...steered.tenants,
      tight: {
        keys: [{ id: "tight", secret: keys.tight }],
        budgets: budget(affordable * boundNanoUsd),
      },
      small: {
        keys: [{ id: "small", secret: keys.small }],
        budgets: budget(Math.floor(1.5 * boundNanoUsd)),
      },
      slow: {
        keys: [{ id: "slow", secret: keys.slow }],
        rates: slowly,
      },
      both: {
        keys: [{ id: "both", secret: keys.both }],
        budgets: budget(affordable * boundNanoUsd),
        rates: slowly,
      },
    },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());
afterEach(() => void gateway.simulator.release());

interface Answer {
  readonly status: number;
  readonly code: string | null;
  readonly headers: Headers;
  readonly text: string;
}

const ask = async (key: string, content = question, rest: object = {}): Promise<Answer> => {
  const headers = { authorization: `Bearer ${key}` };
  const response = await gateway.post("/v1/chat/completions", chat(content, rest), headers);
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? null;
  return { status: response.status, code, headers: response.headers, text };
};

const hints = ({ headers }: Answer): (string | null)[] =>
  ["x-should-retry", "retry-after"].map((name) => headers.get(name));

test("MON-8 of many calls at once as many pass as the budget affords, others are 402", async () => {
  const waiting = Array.from({ length: 20 }, () => ask(keys.tight));
  await gateway.simulator.whenHeld(affordable);
  // The others are refused while these still hold their money.
  const refused: Answer[] = [];
  await new Promise<void>((resolve) => {
    for (const each of waiting) {
      void each.then((answer) => {
        refused.push(answer);
        if (refused.length === waiting.length - affordable) resolve();
      });
    }
  });
  for (const answer of refused.slice()) {
    assert.deepEqual([answer.status, answer.code], [402, "in_flight"]);
    assert.deepEqual(hints(answer), ["true", "1"]);
    assert.match(answer.text, /"type":"insufficient_quota"/);
  }
  assert.equal(gateway.simulator.calls().length, affordable);
  assert.equal(gateway.simulator.release(), affordable);
  const answers = await Promise.all(waiting);
  assert.equal(answers.filter(({ status }) => status === 200).length, affordable);
  assert.equal(gateway.simulator.calls().length, affordable, "a refusal reaches no provider");
  const { rows, spentNanoUsd } = await gateway.settled();
  const billed = gateway.simulator.calls().reduce((sum, call) => sum + call.costNanoUsd, 0);
  assert.equal(rows.length, 2 * affordable, "refusals are no rows");
  // MON-7: settled at what it cost, the rest of the reservation is free again.
  assert.equal(spentNanoUsd, billed);
  assert.ok(billed < affordable * boundNanoUsd);
});

test("MON-11 a spent budget is 402 budget_exhausted, which no client should retry", async () => {
  const first = ask(keys.small);
  await gateway.simulator.whenHeld(1);
  gateway.simulator.release();
  assert.equal((await first).status, 200);
  let spent = await ask(keys.small, "Go on [[sim: tokens=10]]");
  for (let calls = 0; spent.status === 200 && calls < 10; calls += 1) {
    spent = await ask(keys.small, "Go on [[sim: tokens=10]]");
  }
  assert.deepEqual([spent.status, spent.code], [402, "budget_exhausted"]);
  assert.deepEqual(hints(spent), ["false", null]);
  assert.match(spent.text, /"budgetType":"key_monthly_cost"/);
  assert.match(spent.text, /"resetsAt":"\d{4}-\d\d-01T00:00:00/);
});

test("MON-11 a call that could cost more than the whole budget is refused as such", async () => {
  const answer = await ask(keys.small, question, { max_tokens: 1_000 });
  assert.deepEqual([answer.status, answer.code], [402, "request_exceeds_budget"]);
  assert.deepEqual(hints(answer), ["false", null]);
});

test("MON-2 a model without a price is refused under a budget, served without one", async () => {
  const refused = await ask(keys.small, "Hello", { model: "unpriced" });
  assert.deepEqual([refused.status, refused.code], [403, "unpriced"]);
  assert.equal((await ask(gateway.key, "Hello", { model: "unpriced" })).status, 200);
});

test("MON-13 beyond burst and rate: 429 with both hints, and other keys unaffected", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(keys.slow, "Hello")));
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(answers.filter(({ status }) => status === 200).length, 3);
  assert.equal(refused.length, 5);
  for (const { code, headers } of refused) {
    assert.equal(code, "rate_limit_exceeded");
    assert.equal(headers.get("x-should-retry"), "true");
    const ms = Number(headers.get("retry-after-ms"));
    assert.ok(ms > 10_000 && ms <= 100_000, `${ms}`);
    assert.equal(headers.get("retry-after"), String(Math.ceil(ms / 1_000)));
  }
  assert.equal((await ask(gateway.key, "Hello")).status, 200);
});

test("MON-11 requests that are refused for money take nothing off the rate", async () => {
  for (let n = 0; n < 6; n += 1) {
    assert.equal((await ask(keys.both, "Hello", { max_tokens: 4_000 })).status, 402);
    assert.equal((await ask(keys.both, "Hello", { model: "unpriced" })).status, 403);
  }
  const answers = await Promise.all(Array.from({ length: 3 }, () => ask(keys.both, "Hello")));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
});
