import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { cutsLookedBack, leastCachedTokens, PromptCache } from "./prompt-cache.ts";
import type { CacheLife, PromptCut } from "./question.ts";
import { noTokens, plainInput, type TokenCounts } from "./reply.ts";

let clock: VirtualClock;
let cache: PromptCache;
beforeEach(() => {
  clock = new VirtualClock();
  cache = new PromptCache(clock);
});

const tokens: TokenCounts = { ...noTokens, input: 10_000, output: 5 };
const cut = (at: number, keep: CacheLife | null = null, digest = `d${at}`): PromptCut => ({
  tokens: at,
  digest,
  keep,
});

/** Read, written for 5 minutes, written for an hour, neither. */
const account = (cuts: readonly PromptCut[], owner = "us/claude"): number[] => {
  const all = cache.account(owner, cuts, tokens);
  assert.equal(all.output, 5);
  return [all.cached, all.cacheWrite5m, all.cacheWrite1h, plainInput(all)];
};

test("MON-3 a prefix is written once and read from then on", () => {
  assert.deepEqual(account([cut(2_000, "5m")]), [0, 2_000, 0, 8_000]);
  assert.deepEqual(account([cut(2_000, "5m")]), [2_000, 0, 0, 8_000]);
  assert.deepEqual(account([cut(2_000, "5m", "other")]), [0, 2_000, 0, 8_000]);
});

test("each point is written for as long as it says, behind the one before", () => {
  const both = [cut(2_000, "1h"), cut(5_000, "5m")];
  assert.deepEqual(account(both), [0, 3_000, 2_000, 5_000]);
  assert.deepEqual(account(both), [5_000, 0, 0, 5_000]);
});

test("a conversation that grows reads what it wrote, and writes what is new", () => {
  account([cut(2_000, "5m")]);
  assert.deepEqual(account([cut(2_000), cut(3_000), cut(4_500, "5m")]), [2_000, 2_500, 0, 5_500]);
  const far = Array.from({ length: cutsLookedBack }, (_, n) => cut(4_600 + n, null, `far${n}`));
  const near = far.slice(1);
  const reach = (between: readonly PromptCut[]): number | undefined =>
    account([cut(4_500), ...between, cut(6_000, "5m", `end${between.length}`)])[0];
  assert.equal(reach(near), 4_500);
  assert.equal(reach(far), 0);
});

test("what is kept expires, and to read it keeps it longer", () => {
  const short = [cut(2_000, "5m")];
  const long = [cut(3_000, "1h")];
  account(short);
  account(long);
  clock.advanceBy(299_999);
  assert.equal(account(short)[0], 2_000);
  clock.advanceBy(299_999);
  assert.equal(account(short)[0], 2_000);
  clock.advanceBy(300_000);
  assert.equal(account(short)[0], 0);
  assert.equal(account(long)[0], 3_000);
  clock.advanceBy(3_600_000);
  assert.equal(account(long)[0], 0);
});

test("a prefix that is too short is not kept", () => {
  const short = [cut(leastCachedTokens - 1, "5m")];
  account(short);
  assert.deepEqual(account(short), [0, 0, 0, 10_000]);
});

test("nobody reads what another model or region has written", () => {
  account([cut(2_000, "5m")]);
  assert.equal(account([cut(2_000, "5m")], "eu/claude")[0], 0);
});

test("cached tokens of a scenario stand, and clear() forgets", () => {
  const told = { ...tokens, cached: 7 };
  assert.equal(cache.account("x", [cut(2_000, "5m")], told), told);
  account([cut(2_000, "5m")]);
  cache.clear();
  assert.equal(account([cut(2_000, "5m")])[0], 0);
});

test("the oldest of 10,000 prefixes is forgotten", () => {
  for (let n = 0; n <= 10_000; n++) account([cut(2_000, "5m", `p${n}`)]);
  assert.equal(account([cut(2_000, "5m", "p1")])[0], 2_000);
  assert.equal(account([cut(2_000, "5m", "p0")])[0], 0);
});
