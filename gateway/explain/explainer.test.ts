import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { BalanceKind } from "@sekisho/lib/resilience/balance.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { nothing } from "../amounts.ts";
import { BudgetStoreFake } from "../budget/budget-store-fixture.ts";
import { Budgets } from "../budget/budgets.ts";
import { Catalog, type Wildcard } from "../catalog/catalog.ts";
import { RetryBudgets } from "../dispatch/retry-budgets.ts";
import { Summaries } from "../history/summaries.ts";
import { Explainer, type Asker, type ImaginedRequest } from "./explainer.ts";
import { Rates } from "../limits/rates.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { Principal } from "../principal.ts";
import { TargetQuotas } from "../route/target-quotas.ts";
import { HealthTree } from "../route/health-tree.ts";
import { Lots } from "../route/lots.ts";
import { configuredWeights } from "../split.ts";
import { neverPriced } from "../price.ts";
import { chain, entry, pool, target } from "../route/route-fixture.ts";
import { planInWords } from "../route/plan-words.ts";

const principal: Principal = {
  keyId: "key_1",
  tenant: "acme",
  team: null,
  role: "client",
  models: ["a*", "nobody"],
  surfaces: ["openai.*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
};

const key: Asker = { kind: "key", keyId: "key_1" };
const tooDear = "request_exceeds_budget";
const anybody: Asker = { kind: "anybody" };

const asking = (over: Partial<ImaginedRequest> & { model?: string } = {}): ImaginedRequest => ({
  asker: key,
  surface: "openai.chat",
  said: () => ({ surface: "openai.chat" }),
  timeoutMs: () => null,
  criticality: () => null,
  attribution: () => ({ user: null, session: null, agent: null }),
  body: bodyFor(over.model ?? "alias"),
  ...over,
});

const bodyFor = (model: string, rest: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }], ...rest }));

const asker = { principal, user: null, connection: null, model: "alias" };

const limits = {
  attempts: { cap: 100, perFirst: 0.1, floor: 3, floorWindowMs: 10_000 },
  spendShare: 0.05,
};

interface Setting {
  readonly wildcards?: readonly Wildcard[];
  readonly limitNanoUsd?: number;
  /** Whose day the limit is; a key's unless it says otherwise. */
  readonly scope?: "key" | "rule" | "user";
  readonly burst?: number;
  readonly tokensPerMinute?: number;
}

function setUp(entries: readonly ModelEntry[], setting: Setting = {}) {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const { burst = 5, tokensPerMinute = null } = setting;
  const requests = { perSecond: 1, burst };
  const rated = [{ scope: "key", requests, tokensPerMinute, concurrent: null } as const];
  const rates = new Rates(clock, () => rated);
  const most = { nanoUsd: setting.limitNanoUsd ?? null, inputTokens: null, outputTokens: null };
  const budgeted =
    most.nanoUsd === null
      ? []
      : [{ scope: setting.scope ?? "key", window: "day", most, alerts: [] } as const];
  const budgets = new Budgets(clock, new BudgetStoreFake(), () => ({
    accounts: budgeted,
    request: null,
  }));
  const health = new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker({ ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs }, random),
    changed: () => {},
  });
  const catalog = new Catalog(entries, setting.wildcards ?? []);
  health.serve(catalog.targets(), []);
  const lots = new Lots(random);
  const retries = new RetryBudgets(limits);
  const named = (keyId: string): Principal => {
    if (keyId === "key_1") return principal;
    const code = keyId === "key_revoked" ? "invalid_credential" : "not_found";
    throw new Failure(code, `no ${keyId}`);
  };
  const keyring = { named };
  const settings = () => ({ catalog });
  const quotas = new TargetQuotas();
  const summaries = new Summaries(clock);
  const known = { health, quotas, lots, splits: configuredWeights, retries, settings, summaries };
  const parts = { clock, keyring, rates, budgets, ...known };
  return { ...parts, explainer: new Explainer(parts) };
}

const ids = ({ plan }: ReturnType<Explainer["explain"]>): string[] =>
  plan?.attempts.map((each) => each.target.id) ?? [];

test("RTE-2 an explanation has the plan's attempts, and what is known of each", () => {
  const targets = [target("a", { weight: 3 }), target("b", { priority: 1 })];
  const { explainer, health } = setUp([entry(targets)]);
  const [first] = targets;
  assert.ok(first);
  health.admit(first, 10, 0);
  const found = explainer.explain(asking());
  assert.deepEqual(ids(found), ["a", "b"]);
  const [attempt] = found.attempts;
  assert.ok(attempt);
  assert.deepEqual([attempt.pool, attempt.share, attempt.load.inFlight], ["alias", 1, 1]);
  assert.deepEqual(
    attempt.circuits.map(({ level, state }) => `${level} ${state}`),
    ["region closed", "credential closed", "target closed"],
  );
  assert.deepEqual([attempt.retriesLeft, found.spendLeftNanoUsd], [100, 10_000_000_000]);
  assert.equal(found.totalMs, 600_000);
  assert.equal(found.refusal, null);
  assert.deepEqual(found.plan && found.entry && planInWords(found.plan, found.entry), [
    '"alias" is a pool',
    'pool "alias", priority 0: a alone',
    'pool "alias", priority 1: b alone',
  ]);
});

test("RTE-2 it changes nothing: no turn, no rate, no budget, no circuit, no retry, no name", () => {
  const free = (asked: string): ModelEntry => ({ ...entry([target("w")]), name: asked });
  let made = 0;
  const entryFor = (asked: string): ModelEntry => {
    made += 1;
    return free(asked);
  };
  const wildcards = [{ pattern: "a-*", entryFor, namesLike: () => [] }];
  const world = setUp([entry([target("a"), target("b")], { balance: "round-robin" })], {
    wildcards,
    limitNanoUsd: 1_000_000_000,
    burst: 1,
  });
  const { explainer, budgets, rates, health, lots, retries, settings, clock } = world;
  budgets.check({ principal, attribution: { user: null, session: null } }, nothing);
  const state = () => {
    const alias = settings().catalog.peek("alias");
    return {
      lot: lots.peek(alias),
      books: structuredClone(budgets.books()),
      circuits: health.circuits(clock.monotonicMs()),
      left: alias.pools[0]?.targets.map((each) => retries.left(each, clock.monotonicMs())),
    };
  };
  const before = state();
  for (let n = 0; n < 50; n++) assert.deepEqual(ids(explainer.explain(asking())), ["a", "b"]);
  assert.deepEqual(state(), before);
  rates.check(asker);
  explainer.explain(asking({ model: "a-1" }));
  explainer.explain(asking({ model: "a-1" }));
  assert.equal(made, 2, "a wildcard's name is not remembered");
});

for (const balance of ["round-robin", "weighted", "p2c", "least-busy", "cheapest"] as const) {
  test(`RTE-3 what is explained for ${balance} is what the next call gets`, () => {
    const targets = ["a", "b", "c", "d"].map((id, at) => target(id, { weight: at + 1 }));
    const alias = entry(targets, { balance: balance satisfies BalanceKind });
    const { explainer, lots } = setUp([alias]);
    const firsts = new Set<string>();
    for (let n = 0; n < 40; n++) {
      const lot = lots.peek(alias);
      const explained = ids(explainer.explain(asking()));
      assert.deepEqual(ids(explainer.explain(asking())), explained);
      assert.deepEqual(lots.draw(alias), lot);
      firsts.add(explained[0] ?? "");
    }
    assert.ok(firsts.size > 1, "the turns differ");
  });
}

describe("RTE-2 refusals are those that the client would get", () => {
  const rows: readonly (readonly [
    string,
    Partial<ImaginedRequest> & { model?: string },
    string,
  ])[] = [
    ["a model that is not configured", { model: "nobody" }, "model_not_found"],
    ["a model that the key may not use", { model: "other" }, "model_forbidden"],
    ["a surface that the key may not call", { surface: "anthropic.messages" }, "forbidden"],
    [
      "a key that was revoked",
      { asker: { kind: "key", keyId: "key_revoked" } },
      "invalid_credential",
    ],
    ["a body that is wrong", { body: Buffer.from('{"model":"alias"}') }, "missing_field"],
    [
      "a head that is wrong",
      {
        said: () => {
          throw new Failure("unsupported_version", "no");
        },
      },
      "unsupported_version",
    ],
    ["what is dearer than the budget", { body: bodyFor("alias", { max_tokens: 900 }) }, tooDear],
  ];
  for (const [what, over, code] of rows) {
    test(`${what}: ${code}`, () => {
      const { explainer } = setUp([entry([target("a")])], { limitNanoUsd: 1_000 });
      assert.equal(explainer.explain(asking(over)).refusal?.code, code);
    });
  }

  for (const scope of ["user", "rule"] as const) {
    test(`MON-6 what the ${scope} of its headers has no money for: budget_exhausted`, () => {
      const { explainer, budgets } = setUp([entry([target("a")])], { limitNanoUsd: 1_000, scope });
      const named = { user: null, session: null, agent: null, [scope]: "spent" };
      const spent = { nanoUsd: 1_000, inputTokens: 0, outputTokens: 0 };
      budgets.settle(budgets.reserve({ principal, attribution: named }, spent), spent);
      const said = explainer.explain(asking({ attribution: () => named })).refusal;
      assert.equal(said?.code, "budget_exhausted");
      const other = explainer.explain(asking()).refusal;
      assert.equal(other, null);
    });
  }

  test("the rate that is used up: rate_limited, with the wait", () => {
    const { explainer, rates } = setUp([entry([target("a")])], { burst: 1 });
    rates.admit(asker, 0);
    const { refusal, plan } = explainer.explain(asking());
    assert.deepEqual([refusal?.code, refusal?.details.retryAfterMs], ["rate_limited", 1_000]);
    assert.equal(plan, null);
  });

  test("more tokens than a minute's: rate_limited for good; without a cap what fits", () => {
    const { explainer } = setUp([entry([target("a")])], { tokensPerMinute: 500 });
    const { refusal } = explainer.explain(asking({ body: bodyFor("alias", { max_tokens: 500 }) }));
    assert.deepEqual([refusal?.code, refusal?.details.retryable], ["rate_limited", false]);
    const { refusal: none, plan } = explainer.explain(asking());
    const { boundInputTokens = 0, maxTokens = 0 } = plan?.attempts[0] ?? {};
    assert.deepEqual([none, boundInputTokens + maxTokens], [null, 500]);
  });

  test("no price under a budget: unpriced; without one it is planned", () => {
    const unpriced = entry([target("a", { prices: neverPriced })]);
    const { explainer } = setUp([unpriced], { limitNanoUsd: 1_000 });
    const { refusal } = explainer.explain(asking());
    assert.equal(refusal?.code, "unpriced");
    assert.equal(explainer.explain(asking({ asker: anybody })).refusal, null);
  });

  test("no target that carries it: unsupported_by_target", () => {
    const converse = target("a", {
      apis: "bedrock.converse",
      upstreamModel: "amazon.nova-pro-v1:0",
    });
    const { explainer } = setUp([entry([converse])]);
    const body = bodyFor("alias", { n: 2 });
    assert.equal(explainer.explain(asking({ body })).refusal?.code, "unsupported_by_target");
  });

  test("every target rests: circuit_open, and the plan is there", () => {
    const { explainer, health } = setUp([entry([target("a"), target("b")])]);
    health.command("*", "force-open", 0);
    const found = explainer.explain(asking());
    assert.equal(found.refusal?.code, "circuit_open");
    assert.deepEqual(ids(found), ["a", "b"]);
    assert.deepEqual(
      found.attempts.map(({ rest }) => rest?.cause),
      ["forced", "forced"],
    );
    assert.deepEqual(
      found.plan?.reasons.find(({ kind }) => kind === "all_resting"),
      {
        kind: "all_resting",
        isHeld: true,
      },
    );
  });

  test("a key that nobody has is the question's fault", () => {
    const { explainer } = setUp([entry([target("a")])]);
    const asker: Asker = { kind: "key", keyId: "key_nobody" };
    assert.throws(() => explainer.explain(asking({ asker })), { code: "not_found" });
  });
});

test("MON-7 a tenant's new key has its whole budget; the books learn nothing of it", () => {
  const { explainer, budgets } = setUp([entry([target("a")])], { limitNanoUsd: 500 });
  const asker: Asker = { kind: "tenant", principal: { ...principal, keyId: "a new key" } };
  const { plan } = explainer.explain(asking({ asker }));
  const cap = plan?.attempts[0]?.maxTokens ?? 0;
  assert.ok(cap > 0 && cap < 250, `${cap}: what 500 nano-USD buy`);
  assert.deepEqual(budgets.books(), []);
});

test("RTE-1 each attempt of a chain is told with its pool, the deadline is the client's", () => {
  const first = pool("first", [target("a"), target("b")]);
  const second = pool("second", [target("c"), target("d")]);
  const { explainer } = setUp([chain([first, second], 2)]);
  const found = explainer.explain(asking({ timeoutMs: () => 5_000 }));
  assert.deepEqual(
    found.attempts.map(({ pool: name, planned }) => `${name} ${planned.target.id}`),
    ["first a", "second c", "second d"],
  );
  assert.equal(found.totalMs, 5_000);
  assert.ok(found.plan && found.entry);
  assert.deepEqual(planInWords(found.plan, found.entry), [
    '"alias" is a chain of the pools "first", "second"',
    'pool "first", priority 0, failover (in the order of the file): a, b',
    'pool "first" leaves attempts to the pools behind it: b not tried',
    'pool "second", priority 0, failover (in the order of the file): c, d',
    "at most 2 of the 3 targets are tried",
  ]);
});
