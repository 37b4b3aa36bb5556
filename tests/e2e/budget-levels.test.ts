import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { BudgetList, ClientBudgetView } from "@sekisho/wire/admin/budgets.ts";
import OpenAI from "openai";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const keys = {
  one: "first-key-of-the-shop",
  two: "second-key-of-the-shop",
  chat: "key-of-a-chat-in-the-shop",
  lone: "key-without-team-or-session",
};

const question = "Go on [[sim: tokens=10]]";

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    tenants: {
      ...steered.tenants,
      loners: {
        keys: [{ id: "lone", secret: keys.lone }],
        budgets: [
          { scope: "team", window: "day", usd: 1 },
          { scope: "rule", window: "day", usd: 1 },
          { scope: "session", usd: 1 },
        ],
      },
      shop: {
        teams: { web: {} },
        keys: [
          { id: "one", secret: keys.one, team: "web" },
          { id: "two", secret: keys.two },
          { id: "chat", secret: keys.chat, requestBudget: "chat" },
        ],
        budgets: [
          { scope: "tenant", window: "month", usd: 1 },
          { scope: "team", window: "day", inputTokens: 100_000 },
          { scope: "rule", window: "day", outputTokens: 25 },
          { scope: "user", window: "day", outputTokens: 35 },
          { scope: "session", inputTokens: 400 },
          { scope: "request", name: "chat", inputTokens: 40, outputTokens: 20, totalTokens: 30 },
        ],
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

interface Who {
  readonly user?: string;
  readonly session?: string;
  readonly rule?: string;
}

const named = ({ user, session, rule }: Who): Record<string, string> => ({
  ...(user === undefined ? {} : { "x-sekisho-user": user }),
  ...(session === undefined ? {} : { "x-sekisho-session": session }),
  ...(rule === undefined ? {} : { "x-sekisho-rule": rule }),
});

async function ask(key: string, who: Who, rest: object = {}) {
  const body = { model: "sole", messages: [{ role: "user", content: question }], ...rest };
  const headers = { authorization: `Bearer ${key}`, ...named(who) };
  const response = await gateway.post("/v1/chat/completions", JSON.stringify(body), headers);
  const text = await response.text();
  return { status: response.status, text, headers: response.headers };
}

async function budgetOf(key: string, who: Who): Promise<ClientBudgetView> {
  const headers = { authorization: `Bearer ${key}`, ...named(who) };
  const response = await fetch(`${gateway.url}/v1/budget`, { headers });
  assert.equal(response.status, 200);
  return (await response.json()) as ClientBudgetView; // our own answer
}

test("MON-6 a user's tokens are spent by all keys of the tenant, others' are not", async () => {
  const anna = { user: "anna" };
  for (const key of [keys.one, keys.two, keys.one]) {
    assert.equal((await ask(key, anna, { max_tokens: 10 })).status, 200);
  }
  const refused = await ask(keys.two, anna, { max_tokens: 10 });
  assert.equal(refused.status, 402);
  assert.equal(refused.headers.get("x-should-retry"), "false");
  assert.match(refused.text, /"code":"budget_exhausted"/);
  assert.match(refused.text, /"budgetType":"daily_output_tokens","limit":35,"used":30/);
  assert.equal((await ask(keys.two, { user: "bert" }, { max_tokens: 10 })).status, 200);
  assert.equal((await budgetOf(keys.one, anna)).daily.outputRemaining, 5);
});

test("MON-7 a call that names no cap gets what its budgets leave", async () => {
  const carl = { user: "carl" };
  assert.equal((await ask(keys.one, carl, { max_tokens: 30 })).status, 200);
  const before = await budgetOf(keys.one, carl);
  assert.equal(before.perRequest.maxOutput, 25);
  const calls = gateway.simulator.calls().length;
  assert.equal((await ask(keys.one, carl)).status, 200);
  const asked = gateway.simulator.calls()[calls];
  assert.ok(asked !== undefined);
  assert.equal((await budgetOf(keys.one, carl)).daily.outputRemaining, 15);
});

test("MON-6 money of teams, rules and sessions is no limit of a call that has none", async () => {
  const { status, text } = await ask(keys.lone, {});
  assert.equal(status, 200, text);
  assert.equal((await ask(keys.lone, { session: "s", rule: "r" })).status, 200);
});

test("MON-6 calls of a rule share a budget, whoever they are for", async () => {
  const restock = { rule: "restock/every hour" };
  assert.equal((await ask(keys.one, { ...restock, user: "r1" }, { max_tokens: 10 })).status, 400);
  const rule = { rule: "restock" };
  for (const [key, user] of [
    [keys.one, "r1"],
    [keys.two, "r2"],
  ] as const) {
    assert.equal((await ask(key, { ...rule, user }, { max_tokens: 10 })).status, 200);
  }
  const refused = await ask(keys.two, { ...rule, user: "r3" }, { max_tokens: 10 });
  assert.match(refused.text, /"budgetType":"rule_daily_output_tokens","limit":25,"used":20/);
  const other = { rule: "reprice", user: "r3" };
  assert.equal((await ask(keys.two, other, { max_tokens: 10 })).status, 200);
  assert.equal((await ask(keys.two, { user: "r3" }, { max_tokens: 10 })).status, 200);
  const view = await budgetOf(keys.one, { ...rule, user: "r4" });
  assert.equal(view.daily.outputRemaining, 5);
});

test("MON-6 a session is spent at last, and the next one is not", async () => {
  const dora = { user: "dora", session: "s1" };
  let answer = await ask(keys.two, dora, { max_tokens: 1 });
  for (let n = 0; answer.status === 200 && n < 100; n += 1) {
    answer = await ask(keys.two, dora, { max_tokens: 1 });
  }
  assert.equal(answer.status, 402);
  assert.match(answer.text, /"budgetType":"session_input","limit":400/);
  assert.equal((await ask(keys.two, { ...dora, session: "s2" }, { max_tokens: 1 })).status, 200);
});

test("MON-11 an SDK raises the refusal, and does not try a final one again", async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.one });
  const calls = gateway.simulator.calls().length;
  const asking = client.chat.completions.create(
    { model: "sole", messages: [{ role: "user", content: question }], max_tokens: 36 },
    { headers: { "x-sekisho-user": "emil" } },
  );
  await assert.rejects(asking, (error) => {
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.status, 402);
    assert.equal(error.code, "request_exceeds_budget");
    assert.equal(error.type, "insufficient_quota");
    return true;
  });
  assert.equal(gateway.simulator.calls().length, calls);
});

test("MON-8 of many calls of one user at once as many pass as the tokens allow", async () => {
  const fritz = { user: "fritz" };
  const asking = Array.from({ length: 12 }, () => ask(keys.one, fritz, { max_tokens: 10 }));
  const statuses = (await Promise.all(asking)).map(({ status }) => status);
  const passed = statuses.filter((status) => status === 200).length;
  assert.ok(passed >= 1 && passed <= 3, `${passed}`);
  assert.equal(statuses.filter((status) => status === 402).length, 12 - passed);
  assert.equal((await budgetOf(keys.one, fritz)).daily.outputRemaining, 35 - 10 * passed);
});

test("operators see the accounts of tenants, teams and keys, and of users by name", async () => {
  const ask = async (query: string): Promise<BudgetList> => {
    const headers = { authorization: `Bearer ${gateway.server.ready.adminKey}` };
    const response = await fetch(`${gateway.url}/admin/budgets?${query}`, { headers });
    assert.equal(response.status, 200);
    return (await response.json()) as BudgetList; // our own answer
  };
  const shop = await ask("tenant=shop");
  const accounts = shop.budgets.map(({ account }) => account);
  assert.deepEqual(accounts, ["team:shop/web:day", "tenant:shop:month"]);
  const [cost] = shop.budgets.flatMap(({ cost }) => cost ?? []);
  assert.equal(cost?.limit, 1_000_000_000);
  const ofUser = await ask("key=two&user=anna");
  assert.deepEqual(
    ofUser.budgets.map(({ account, outputTokens }) => [account, outputTokens?.used]),
    [
      ["tenant:shop:month", undefined],
      ["user:shop/anna:day", 30],
    ],
  );
});

test("a stranger learns nothing of budgets", async () => {
  const response = await fetch(`${gateway.url}/v1/budget`);
  assert.equal(response.status, 401);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
});

test("MON-6 each call of a key fits the budget that it names", async () => {
  const gina = { user: "gina" };
  const long = { messages: [{ role: "user", content: "word ".repeat(100) }] };
  const input = await ask(keys.chat, gina, long);
  assert.deepEqual(
    [input.status, /"budgetType":"per_request_input","limit":40/.test(input.text)],
    [402, true],
  );
  const output = await ask(keys.chat, gina, { max_tokens: 21 });
  assert.match(output.text, /"budgetType":"per_request_output","limit":20,"used":0,"needed":21/);
  assert.equal(output.headers.get("x-should-retry"), "false");
  assert.equal((await ask(keys.one, gina, long)).status, 200);
  const calls = gateway.simulator.calls().length;
  assert.equal((await ask(keys.chat, { user: "hugo" })).status, 200);
  assert.equal(gateway.simulator.calls().length, calls + 1);
  const view = await budgetOf(keys.chat, { user: "hugo" });
  assert.equal(view.perRequest.maxInput, 29, "an answer has a token of the 30 for both");
  assert.equal(view.perRequest.maxOutput, 20);
});

test("a count is of any prompt, whatever a call of the key may have", async () => {
  const body = JSON.stringify({
    model: "sole",
    max_tokens: 1,
    messages: [{ role: "user", content: "word ".repeat(100) }],
  });
  const headers = { authorization: `Bearer ${keys.chat}`, "anthropic-version": "2023-06-01" };
  const response = await gateway.post("/v1/messages/count_tokens", body, headers);
  assert.equal(response.status, 200);
});
