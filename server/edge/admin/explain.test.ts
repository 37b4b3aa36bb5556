import assert from "node:assert/strict";
import { test } from "node:test";
import { BudgetStoreFake } from "@sekisho/gateway/budget/budget-store-fixture.ts";
import { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import { RetryBudgets } from "@sekisho/gateway/dispatch/retry-budgets.ts";
import { Summaries } from "@sekisho/gateway/history/summaries.ts";
import { Explainer } from "@sekisho/gateway/explain/explainer.ts";
import { Rates } from "@sekisho/gateway/limits/rates.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { noQuotas } from "@sekisho/gateway/quota.ts";
import { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import { Lots } from "@sekisho/gateway/route/lots.ts";
import { configuredWeights } from "@sekisho/gateway/split.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { explainedSurfaces, type ExplainView } from "@sekisho/wire/admin/explain.ts";
import { noBalancers } from "../../compose/routing/balancers.ts";
import { catalogOf } from "../../compose/routing/catalog.ts";
import { limitsOf, ratesOf } from "../../compose/identity/tenants.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminRequest } from "./admin-request.ts";
import { postExplain } from "./explain.ts";
import { runTimeOf } from "./run-time-fixture.ts";

const baseUrl = "http://127.0.0.1:9";
const credentials = [{ id: "main", apiKey: "env:KEY" }];

const configFile = {
  providers: {
    openai: { kind: "openai", baseUrl, credentials, pool: { connectMs: 1_500 } },
    spare: { kind: "openai", region: "west", baseUrl, credentials },
    aws: {
      kind: "bedrock",
      region: "us-east-1",
      baseUrl,
      credentials: [{ id: "a", bearer: "env:KEY" }],
    },
  },
  models: {
    fast: {
      targets: [
        { provider: "openai", model: "gpt-4-turbo", weight: 2 },
        { provider: "spare", model: "gpt-4-turbo" },
        { provider: "aws", model: "us.amazon.nova-pro-v1:0", priority: 1 },
      ],
      balance: "failover",
      timeouts: { attemptMs: 20_000, totalMs: 60_000 },
    },
    auto: { choose: "complexity", simple: "free", strong: "fast" },
    ab: { split: { slow: 20, fast: 80 }, sticky: "session" },
    free: { targets: [{ provider: "openai", model: "nobody-knows-it" }] },
    slow: { targets: [{ provider: "spare", model: "gpt-4-turbo" }] },
  },
  tenants: { acme: { budgets: [{ scope: "key", window: "day", usd: 0.01 }] } },
};

const principal: Principal = {
  keyId: "key_1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["f*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};

function setUp() {
  const config = runTimeOf(configFile, { KEY: "secret-of-a-provider" });
  const [clock, random] = [new VirtualClock(), new SeededRandom(1)];
  const health = new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker({ ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs }, random),
    changed: () => {},
  });
  const catalog = catalogOf(config.config, noBalancers);
  health.serve(catalog.targets(), []);
  const attempts = { cap: 7, perFirst: 0.1, floor: 3, floorWindowMs: 10_000 };
  const explainer = new Explainer({
    summaries: new Summaries(clock),
    clock,
    keyring: { named: () => principal },
    rates: new Rates(clock, ratesOf(config.config)),
    budgets: new Budgets(clock, new BudgetStoreFake(), limitsOf(config.config)),
    health,
    quotas: noQuotas,
    splits: configuredWeights,
    lots: new Lots(random),
    retries: new RetryBudgets({ attempts, spendShare: null }),
    settings: () => ({ catalog }),
  });
  const keyring = { find: (id: string) => (id === "key_1" ? {} : undefined) };
  const context = { config, explainer, keyring } as unknown as AdminContext;
  const explain = async (asked: object): Promise<ExplainView> => {
    const bytes = Buffer.from(JSON.stringify({ model: "fast", ...asked }));
    const exchange = { body: () => Promise.resolve(bytes) };
    const { body } = await postExplain({ exchange } as unknown as AdminRequest, context);
    return body as ExplainView;
  };
  return { explain, health };
}

const targetsOf = ({ attempts }: ExplainView): string[] => attempts.map(({ target }) => target);

test("RTE-2 a plan is told attempt by attempt, with figures and in words", async () => {
  const { explain } = setUp();
  const view = await explain({});
  assert.deepEqual(targetsOf(view), [
    "openai/main/gpt-4-turbo",
    "spare/main/gpt-4-turbo",
    "aws/a/us.amazon.nova-pro-v1:0",
  ]);
  const [first, second, third] = view.attempts;
  assert.ok(first && second && third);
  const { circuits, dearestNanoUsd, dearestUsd, ...rest } = first;
  assert.deepEqual(rest, {
    target: "openai/main/gpt-4-turbo",
    provider: "openai",
    region: "global",
    credential: "main",
    upstreamModel: "gpt-4-turbo",
    pool: "fast",
    api: "openai.chat",
    priority: 0,
    weight: 2,
    maxTokens: 4_096,
    timeouts: {
      connectMs: 1_500,
      firstTokenMs: 10_000,
      betweenTokensMs: 30_000,
      attemptMs: 20_000,
    },
    rest: null,
    share: 1,
    inFlight: 0,
    load: 0,
    retriesLeft: 7,
  });
  assert.deepEqual(
    circuits.map(({ level, id, state }) => `${level} ${id} ${state}`),
    [
      "region openai/global closed",
      "credential openai/main closed",
      "target openai/main/gpt-4-turbo closed",
    ],
  );
  assert.ok(dearestNanoUsd !== null && dearestNanoUsd > 4_096 * 30_000);
  assert.equal(dearestUsd, dearestNanoUsd / 1e9);
  assert.deepEqual([second.region, third.api], ["west", "bedrock.converse"]);
  assert.deepEqual(view.pools, [{ name: "fast", balance: "failover" }]);
  assert.deepEqual(
    [view.maxAttempts, view.deadlineMs, view.retrySpendLeftNanoUsd, view.refusal],
    [3, 60_000, null, null],
  );
  assert.deepEqual(view.sentences, [
    '"fast" is a pool',
    'pool "fast", priority 0, failover (in the order of the file): ' +
      "openai/main/gpt-4-turbo, spare/main/gpt-4-turbo",
    'pool "fast", priority 1: aws/a/us.amazon.nova-pro-v1:0 alone',
  ]);
});

test("RTE-2 each surface is read in its own words; one has none of its own", async () => {
  const { explain } = setUp();
  const messages = [{ role: "user", content: "Hi" }];
  for (const surface of explainedSurfaces) {
    const native = { anthropic_version: "bedrock-2023-05-31", max_tokens: 5, messages };
    const body = surface === "bedrock.invoke" ? native : undefined;
    const view = await explain({ surface, body });
    assert.equal(view.refusal, null, surface);
    assert.equal(view.attempts.length, 3, surface);
  }
  await assert.rejects(explain({ surface: "bedrock.invoke" }), { code: "missing_field" });
});

test("RTE-2 the client's body counts, under the model that is asked for", async () => {
  const { explain } = setUp();
  const messages = [{ role: "user", content: "Hi" }];
  const view = await explain({ body: { model: "other", max_tokens: 7, messages } });
  assert.deepEqual([view.model, view.attempts[0]?.maxTokens], ["fast", 7]);
  const two = await explain({ body: { n: 2, messages } });
  assert.equal(two.attempts.length, 2);
  const [out] = two.leftOut;
  assert.deepEqual([out?.target, out?.why], ["aws/a/us.amazon.nova-pro-v1:0", "uncarried"]);
  assert.match(out?.sentence ?? "", /is left out\. Cannot/);
});

test("RTE-5 a name that leaves a choice is explained by what was picked", async () => {
  const { explain } = setUp();
  for (const surface of explainedSurfaces) {
    if (surface === "bedrock.invoke") continue;
    const simple = await explain({ model: "auto", surface, message: "いくら?" });
    assert.ok(simple.choice?.kind === "complexity");
    const { alias, complexity, points, signals } = simple.choice;
    assert.deepEqual([alias, complexity, points], ["free", "simple", -3], surface);
    assert.deepEqual(
      signals.map(({ name }) => name),
      ["short", "no history", "price"],
    );
    assert.deepEqual(simple.sentences.slice(0, 2), [
      '"auto" leaves a choice, here "free"',
      'free: simple by -3 = short -1, no history -1, price -1 ("いくら")',
    ]);
    const strong = await explain({ model: "auto", surface, message: "おすすめを教えて" });
    assert.deepEqual([strong.choice?.alias, strong.pools[0]?.name], ["fast", "fast"], surface);
  }
  assert.equal((await explain({ message: "いくら?" })).choice, null);
});

test("RTE-4 a split is explained by the arm that the call falls to, and by what", async () => {
  const { explain } = setUp();
  const headers = { "x-sekisho-session": "s-1" };
  const sticky = await explain({ model: "ab", tenant: "acme", headers });
  const { alias = "" } = sticky.choice ?? {};
  const weight = alias === "fast" ? 80 : 20;
  const by = { kind: "split", alias, split: "ab", by: "session", weight, ofWeight: 100, phase: 0 };
  assert.deepEqual(sticky.choice, by);
  assert.deepEqual(sticky.sentences.slice(0, 2), [
    `"ab" leaves a choice, here "${alias}"`,
    `${alias}: ${weight} of 100 of ab, by session`,
  ]);
  for (let n = 0; n < 20; n++) {
    const again = await explain({ model: "ab", tenant: "acme", headers });
    assert.deepEqual(again.choice, by);
  }
  assert.equal((await explain({ model: "ab" })).choice?.kind, "split");
  const chance = await explain({ model: "ab", tenant: "acme" });
  assert.ok(chance.choice?.kind === "split" && chance.choice.by === "chance");
  const named = await explain({ model: "fast", tenant: "acme", headers });
  assert.equal(named.choice, null);
});

test("REF-5 a simple answer has at most 512 tokens; others are not cut", async () => {
  const { explain } = setUp();
  const capOf = async (content: string, max_tokens?: number): Promise<number | undefined> => {
    const messages = [{ role: "user", content }];
    const view = await explain({ model: "auto", body: { messages, max_tokens } });
    return view.attempts[0]?.maxTokens;
  };
  assert.equal(await capOf("hi"), 512);
  assert.equal(await capOf("hi", 4_000), 512);
  assert.equal(await capOf("hi", 7), 7);
  assert.equal(await capOf("compare them", 4_000), 4_000);
  const named = { messages: [{ role: "user", content: "hi" }], max_tokens: 4_000 };
  assert.equal((await explain({ model: "free", body: named })).attempts[0]?.maxTokens, 4_000);
});

test("RTE-2 headers that a surface reads count too", async () => {
  const { explain } = setUp();
  const hurried = await explain({ headers: { "x-sekisho-request-timeout-ms": "5000" } });
  assert.equal(hurried.deadlineMs, 5_000);
  const wrong = await explain({ headers: { "x-sekisho-request-timeout-ms": "soon" } });
  assert.equal(wrong.refusal?.code, "invalid_value");
});

test("RTE-2 a refusal is told as the surface would tell it", async () => {
  const { explain, health } = setUp();
  const missing = await explain({ body: { messages: [] } });
  assert.deepEqual([missing.refusal?.status, missing.attempts], [400, []]);
  const nobody = await explain({ model: "fats" });
  assert.deepEqual([nobody.refusal?.code, nobody.refusal?.status], ["model_not_found", 404]);
  assert.match(
    nobody.sentences.at(-1) ?? "",
    /^the client would get 404 model_not_found: Cannot .+; the nearest is "fast"$/,
  );
  const unpriced = await explain({ model: "free", key: "key_1" });
  assert.equal(unpriced.refusal?.code, "unpriced");
  const forbidden = await explain({ model: "secret", key: "key_1" });
  assert.deepEqual(
    [forbidden.refusal?.code, forbidden.refusal?.param],
    ["model_forbidden", "model"],
  );
  health.command("*", "force-open", 0);
  const resting = await explain({});
  assert.deepEqual([resting.refusal?.code, resting.refusal?.status], ["circuit_open", 503]);
  assert.equal(resting.refusal?.retryAfterMs, 30_000);
  assert.deepEqual(
    resting.leftOut.map(({ why }) => why),
    ["resting", "resting", "resting"],
  );
});

test("RTE-2 a key's budget counts, or that of a tenant's new key", async () => {
  const { explain } = setUp();
  for (const asker of [{ key: "key_1" }, { tenant: "acme" }]) {
    const view = await explain(asker);
    assert.ok((view.attempts[0]?.maxTokens ?? 0) < 400, "0.01 USD buys no more");
  }
  await assert.rejects(explain({ key: "key_2" }), {
    code: "invalid_value",
    message: /there is no key "key_2"; "sekisho keys list" has those that there are/,
  });
  await assert.rejects(explain({ tenant: "acne" }), { message: /the nearest is "acme"/ });
});

test("SEC-9 an explanation holds no secret", async () => {
  const { explain } = setUp();
  assert.ok(!JSON.stringify(await explain({})).includes("secret-of-a-provider"));
});
