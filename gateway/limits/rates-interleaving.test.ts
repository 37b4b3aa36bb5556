import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { RateAsker, RateLimit } from "./rate-limit.ts";
import { key, keyOf, limit, remaining, requests, setUp } from "./rates-fixture.ts";
import type { Permit } from "./rates.ts";

const limits: readonly RateLimit[] = [
  limit("tenant", { requests: { perSecond: 20, burst: 9 }, concurrent: 5 }),
  limit("key", { requests: { perSecond: 7, burst: 4 }, tokensPerMinute: 6_000 }),
  limit("user", { tokensPerMinute: 1_200, concurrent: 2 }),
  requests("connection", 3, 2),
  limit("model", { requests: { perSecond: 9, burst: 3 }, concurrent: 3 }),
];
const moves = fc.array(
  fc.record({
    gapMs: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(3_000)),
    ends: fc.boolean(),
    who: fc.nat(15),
    tokens: fc.nat(900),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    isSent: fc.boolean(),
  }),
  { maxLength: 150 },
);

interface Admitted {
  readonly permit: Permit;
  readonly owners: readonly string[];
  readonly atMs: number;
  requests: number;
  tokens: number;
  isOver: boolean;
}

const askerFor = (who: number): RateAsker => ({
  principal: who % 2 === 0 ? key : keys,
  user: who % 3 === 0 ? null : `user ${who % 3}`,
  connection: who % 4,
  model: who % 5 === 0 ? "a" : "b",
});
const keys = keyOf("batch");

/** Whose calls count together, worked out anew. */
const ownersOf = ({ principal, user, connection, model }: RateAsker): string[] => [
  "tenant",
  `key ${principal.keyId}`,
  `user ${user ?? `of ${principal.keyId}`}`,
  `connection ${connection}`,
  `model ${model}`,
];

test("MON-13 no owner passes burst + rate × t nor its calls at once, in any interleaving", () => {
  fc.assert(
    fc.property(moves, (steps) => {
      const { clock, rates } = setUp(limits);
      const all: Admitted[] = [];
      for (const { gapMs, ends, who, tokens, share, isSent } of steps) {
        clock.advanceBy(gapMs);
        const open = all.filter(({ isOver }) => !isOver);
        const one = open[who % Math.max(1, open.length)];
        if (ends && one !== undefined) {
          one.isOver = true;
          one.requests = isSent ? 1 : 0;
          one.tokens = Math.floor(share * one.tokens);
          rates.close(one.permit, { isSent, tokens: one.tokens });
        } else {
          const asker = askerFor(who);
          const before = remaining(rates, asker);
          try {
            const permit = rates.admit(asker, tokens);
            const [owners, atMs] = [ownersOf(asker), clock.monotonicMs()];
            all.push({ permit, owners, atMs, requests: 1, tokens, isOver: false });
          } catch {
            assert.deepEqual(remaining(rates, asker), before, "a refusal consumes nothing");
          }
        }
        checkAll(all);
        assert.equal(rates.open, all.filter(({ isOver }) => !isOver).length);
      }
    }),
    { numRuns: 60 },
  );
});

function checkAll(all: readonly Admitted[]): void {
  for (const owner of new Set(all.flatMap(({ owners }) => owners))) {
    const own = all.filter(({ owners }) => owners.includes(owner));
    const { concurrent, requests: rate, tokensPerMinute } = limitNamed(owner);
    const atOnce = own.filter(({ isOver }) => !isOver).length;
    assert.ok(concurrent === null || atOnce <= concurrent, `${owner}: ${atOnce} at once`);
    const last = own.at(-1);
    if (last === undefined) continue;
    let passed = 0;
    let tokens = 0;
    for (const each of own.toReversed()) {
      passed += each.requests;
      tokens += each.tokens;
      const ms: number = last.atMs - each.atMs;
      const most: number = rate === null ? Infinity : rate.burst + (ms * rate.perSecond) / 1_000;
      assert.ok(passed <= most + 1e-6, `${owner}: ${passed} requests in ${ms} ms`);
      const mostTokens = (tokensPerMinute ?? Infinity) * (1 + ms / 60_000);
      assert.ok(tokens <= mostTokens + 1e-6, `${owner}: ${tokens} tokens in ${ms} ms`);
    }
  }
}

const limitNamed = (owner: string): RateLimit =>
  limits.find(({ scope }) => owner.startsWith(scope)) ?? assert.fail(owner);
