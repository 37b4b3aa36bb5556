import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RateAsker, RateScope } from "./rate-limit.ts";
import {
  askerOf,
  key,
  keyOf,
  levelsOf,
  limit,
  refusalOf,
  remaining,
  requests,
  setUp,
} from "./rates-fixture.ts";

const sent = (tokens = 0) => ({ isSent: true, tokens });

describe("MON-13 requests", () => {
  test("burst at once, then one per interval; a refusal names rate, use and time", () => {
    const { clock, rates } = setUp([requests("key", 2, 3)]);
    for (let n = 0; n < 3; n += 1) rates.close(rates.admit(askerOf(), 0), sent());
    const refusal = refusalOf(() => rates.admit(askerOf(), 0));
    assert.equal(refusal?.code, "rate_limited");
    assert.equal(
      refusal.message,
      "Cannot accept the request: the key sends faster than 2 requests per second with a burst " +
        "of 3",
    );
    assert.deepEqual(refusal.details, {
      retryAfterMs: 500,
      facts: {
        rateType: "key_requests",
        limit: 3,
        used: 3,
        requestsPerSecond: 2,
        retryAfterMs: 500,
      },
    });
    assert.equal(refusalOf(() => rates.check(askerOf()))?.code, "rate_limited");
    clock.advanceBy(500);
    rates.admit(askerOf(), 0);
  });

  test("MON-11 one that is refused later on gives its place back", () => {
    const { rates } = setUp([requests("key", 1, 1)]);
    rates.close(rates.admit(askerOf(), 0), { isSent: false, tokens: 0 });
    rates.close(rates.admit(askerOf(), 0), sent());
    assert.equal(refusalOf(() => rates.admit(askerOf(), 0))?.code, "rate_limited");
  });

  test("one that is no call takes a request, and no place among the calls", () => {
    const { rates } = setUp([requests("key", 1, 2), limit("tenant", { concurrent: 1 })]);
    rates.admit(askerOf(), 0);
    rates.count(askerOf());
    const facts = refusalOf(() => rates.count(askerOf()))?.details.facts;
    assert.deepEqual([facts?.["rateType"], rates.open], ["key_requests", 1]);
  });

  test("a look consumes nothing", () => {
    const { rates } = setUp([requests("key", 1, 1)]);
    for (let n = 0; n < 100; n += 1) rates.check(askerOf());
    rates.admit(askerOf(), 0);
  });
});

describe("MON-13 tokens", () => {
  const limited = [limit("key", { tokensPerMinute: 600 })];

  test("the reserved ones at admission, those that were not used back at the end", () => {
    const { rates } = setUp(limited);
    const permit = rates.admit(askerOf(), 500);
    assert.deepEqual(remaining(rates), { key_tokens: 100 });
    const refusal = refusalOf(() => rates.admit(askerOf(), 150));
    assert.equal(
      refusal?.message,
      "Cannot accept the request: the key has 100 tokens left of 600 per minute, 150 needed",
    );
    assert.deepEqual(refusal.details, {
      retryAfterMs: 5_000,
      facts: { rateType: "key_tokens", limit: 600, used: 500, needed: 150, retryAfterMs: 5_000 },
    });
    rates.close(permit, sent(50));
    assert.deepEqual(remaining(rates), { key_tokens: 550 });
  });

  test("a call that is larger than a minute's is refused for good", () => {
    const { rates } = setUp(limited);
    const refusal = refusalOf(() => rates.admit(askerOf(), 601));
    assert.equal(
      refusal?.message,
      "Cannot accept the request: it could take 601 tokens, more than the 600 per minute of the " +
        "key",
    );
    const { retryable, retryAfterMs } = refusal.details;
    assert.deepEqual([retryable, retryAfterMs, rates.open], [false, undefined, 0]);
    assert.equal(rates.mostTokens(askerOf()), 600);
  });

  test("are granted behind the request where the bound is known later", () => {
    const { rates } = setUp([limit("key", { tokensPerMinute: 600, concurrent: 1 })]);
    const permit = rates.admit(askerOf(), 0);
    assert.equal(refusalOf(() => rates.admitTokens(permit, 601))?.details.retryable, false);
    rates.admitTokens(permit, 600);
    assert.deepEqual(remaining(rates), { key_tokens: 0, key_concurrent: 0 });
    rates.close(permit, sent(600));
    assert.deepEqual(remaining(rates), { key_tokens: 0, key_concurrent: 1 });
  });
});

describe("MON-13 calls at once", () => {
  test("as many as the limit, and the next when one is over", () => {
    const { rates } = setUp([limit("tenant", { concurrent: 2 })]);
    const first = rates.admit(askerOf(), 0);
    rates.admit(askerOf({ principal: keyOf("other") }), 0);
    const refusal = refusalOf(() => rates.admit(askerOf(), 0));
    assert.equal(
      refusal?.message,
      "Cannot accept the request: 2 calls of the tenant are under way, its limit is 2",
    );
    assert.deepEqual(refusal.details, {
      retryAfterMs: 1_000,
      facts: { rateType: "tenant_concurrent", limit: 2, used: 2, retryAfterMs: 1_000 },
    });
    rates.close(first, sent());
    rates.admit(askerOf(), 0);
  });

  test("a place is given back once", () => {
    const { rates } = setUp([limit("key", { concurrent: 1 })]);
    const permit = rates.admit(askerOf(), 0);
    rates.close(permit, sent());
    assert.throws(() => rates.close(permit, sent()), /closed already/);
    assert.equal(rates.open, 0);
  });
});

describe("MON-13 owners", () => {
  const scopes: readonly [RateScope, RateAsker, RateAsker][] = [
    ["tenant", askerOf({ principal: keyOf("b") }), askerOf({ principal: keyOf("web", "other") })],
    [
      "team",
      askerOf({ principal: keyOf("b", "acme", "shop") }),
      askerOf({ principal: keyOf("b", "acme", "search") }),
    ],
    ["key", askerOf({ user: "x", connection: 9 }), askerOf({ principal: keyOf("b") })],
    ["user", askerOf({ principal: keyOf("b"), user: "anna" }), askerOf({ user: "berta" })],
    ["connection", askerOf({ principal: keyOf("b") }), askerOf({ connection: 2 })],
    ["model", askerOf({ principal: keyOf("b") }), askerOf({ model: "other" })],
  ];
  for (const [scope, same, other] of scopes) {
    test(`${scope}: what is the same shares a rate, what is another has its own`, () => {
      const { rates } = setUp([requests(scope, 1, 1)]);
      const principal = scope === "team" ? keyOf("web", "acme", "shop") : key;
      rates.admit(askerOf({ principal, user: "anna" }), 0);
      const facts = refusalOf(() => rates.admit(same, 0))?.details.facts;
      assert.equal(facts?.["rateType"], `${scope}_requests`);
      rates.admit(other, 0);
    });
  }

  test("calls that name no user share the rate of their key, whatever others are called", () => {
    const { rates } = setUp([requests("user", 1, 1)]);
    rates.admit(askerOf(), 0);
    assert.ok(refusalOf(() => rates.admit(askerOf(), 0)));
    for (const user of ["web", "nobody:web", "", "/web"]) rates.admit(askerOf({ user }), 0);
    rates.admit(askerOf({ principal: keyOf("b") }), 0);
  });

  test("who is not known yet is not counted, nor a team or connection that is not there", () => {
    const { rates } = setUp([
      requests("user", 1, 1),
      requests("team", 1, 1),
      requests("connection", 1, 1),
    ]);
    rates.admit(askerOf({ connection: null }), 0);
    rates.check(askerOf({ user: undefined, connection: null }));
    assert.ok(refusalOf(() => rates.check(askerOf({ connection: null }))));
  });
});

describe("MON-13 all or nothing", () => {
  test("a refusal takes nothing anywhere, and of several the longest wait is told", () => {
    const { clock, rates } = setUp([
      requests("key", 1, 2),
      requests("tenant", 0.1, 2),
      limit("user", { tokensPerMinute: 600, concurrent: 3 }),
    ]);
    rates.close(rates.admit(askerOf(), 600), sent(600));
    const before = remaining(rates);
    for (let n = 0; n < 10; n += 1) {
      const refusal = refusalOf(() => rates.admit(askerOf(), 300));
      assert.equal(refusal?.details.facts?.["rateType"], "user_tokens");
      assert.equal(refusal.details.retryAfterMs, 30_000);
    }
    assert.deepEqual(remaining(rates), before);
    clock.advanceBy(30_000);
    rates.admit(askerOf(), 300);
  });
});

describe("MON-13 accounts of names that clients choose", () => {
  const slow = [requests("user", 0.01, 1)];
  const user = (n: number): RateAsker => askerOf({ user: `user ${n}` });

  test("are forgotten when they are as good as new, and then alone", () => {
    const { clock, accounts, rates } = setUp(slow, 10);
    for (let n = 0; n < 10; n += 1) rates.close(rates.admit(user(n), 0), sent());
    const refusal = refusalOf(() => rates.admit(user(10), 0));
    assert.equal(
      refusal?.message,
      "Cannot accept the request: 10 users, connections and models of the tenant have used their " +
        "rates lately, and rates are kept for no more",
    );
    assert.equal(refusal.details.retryAfterMs, 1_000);
    assert.ok(
      refusalOf(() => rates.admit(user(3), 0)),
      "a flood resets nobody's bucket",
    );
    clock.advanceBy(100_000);
    for (let n = 10; n < 20; n += 1) rates.close(rates.admit(user(n), 0), sent());
    assert.equal(accounts.namedCount, 10);
  });

  test("that a call under way holds stay, however long nothing is asked of them", () => {
    const { clock, rates } = setUp([limit("user", { concurrent: 1 })], 2);
    const held = rates.admit(user(0), 0);
    for (let n = 1; n < 50; n += 1) {
      clock.advanceBy(1_000_000);
      rates.close(rates.admit(user(n), 0), sent());
    }
    assert.ok(refusalOf(() => rates.admit(user(0), 0)));
    rates.close(held, sent());
    rates.admit(user(0), 0);
  });

  test("of one request are not forgotten for its others", () => {
    const { rates } = setUp([requests("user", 1, 1), requests("connection", 1, 1)], 1);
    assert.ok(refusalOf(() => rates.admit(askerOf({ user: "anna" }), 0)));
  });

  test("of one tenant take no room from another's", () => {
    const { rates } = setUp(slow, 1);
    rates.admit(user(0), 0);
    assert.ok(refusalOf(() => rates.admit(user(1), 0)));
    rates.admit({ ...user(1), principal: keyOf("k", "other") }, 0);
  });
});

describe("MON-13 a new configuration", () => {
  test("keeps levels of rates that stay and calls under way; others begin anew", () => {
    const { rates } = setUp([
      limit("key", { requests: { perSecond: 1, burst: 1 }, tokensPerMinute: 600, concurrent: 1 }),
    ]);
    const permit = rates.admit(askerOf(), 400);
    const next = [
      limit("key", { requests: { perSecond: 1, burst: 2 }, tokensPerMinute: 600, concurrent: 1 }),
    ];
    rates.configure(() => next);
    assert.deepEqual(remaining(rates), { key_requests: 2, key_tokens: 200, key_concurrent: 0 });
    rates.close(permit, sent(100));
    assert.deepEqual(remaining(rates), { key_requests: 2, key_tokens: 500, key_concurrent: 1 });
  });
});

test("MON-13 a look tells what is left of each rate and when it is whole again", () => {
  const { rates } = setUp([
    limit("key", { requests: { perSecond: 2, burst: 4 }, tokensPerMinute: 60, concurrent: 1 }),
  ]);
  rates.admit(askerOf(), 60);
  const told = levelsOf(rates, askerOf()).map(({ policy, ...level }) => ({ ...policy, ...level }));
  assert.deepEqual(told, [
    {
      name: "key_requests",
      kind: "requests",
      limit: 4,
      windowMs: 2_000,
      remaining: 3,
      fullInMs: 500,
      nextInMs: 0,
    },
    {
      name: "key_tokens",
      kind: "tokens",
      limit: 60,
      windowMs: 60_000,
      remaining: 0,
      fullInMs: 60_000,
      nextInMs: 1_000,
    },
    {
      name: "key_concurrent",
      kind: "concurrent",
      limit: 1,
      windowMs: null,
      remaining: 0,
      fullInMs: 0,
      nextInMs: 1_000,
    },
  ]);
});
