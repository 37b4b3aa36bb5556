import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { QuotaPolicy } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import { chain, entry, pool, questionFor, target, viewOf } from "./route-fixture.ts";
import { planRoute } from "./route.ts";
import { TargetQuotas } from "./target-quotas.ts";

const quota = (over: Partial<QuotaPolicy> = {}): QuotaPolicy => ({
  requestsPerMinute: null,
  tokensPerMinute: 1_000,
  outputFactor: 1,
  ...over,
});

const used = (input: number, output: number, cacheRead = 0): MeasuredUsage => ({
  usage: { ...noUsage, input, output, cacheRead },
  source: "reported",
});

const nothing: MeasuredUsage = { usage: noUsage, source: "none" };

test("RTE-16 the prompt and the whole cap are set aside, and corrected when it is over", () => {
  const a = target("a", { quota: quota() });
  const quotas = new TargetQuotas();
  const hold = quotas.take(a, 900, 0);
  assert.ok(!quotas.hasRoom(a, 200, 0));
  hold?.end(used(100, 50, 400), false, 1_000);
  assert.ok(quotas.hasRoom(a, 850, 1_000), "what was read from a cache is free");
  assert.ok(!quotas.hasRoom(a, 851, 1_000));
});

test("RTE-16 answers of Claude 3.7 and later count five times when they are over", () => {
  const a = target("a", { quota: quota({ outputFactor: 5 }) });
  const quotas = new TargetQuotas();
  quotas.take(a, 300, 0)?.end(used(100, 100), false, 0);
  assert.equal(quotas.views(0)[0]?.used, 600);
});

test("RTE-16 what nobody knows stays taken, what was refused is given back", () => {
  const a = target("a", { quota: quota() });
  const quotas = new TargetQuotas();
  quotas.take(a, 300, 0)?.end({ usage: noUsage, source: "unknown" }, false, 0);
  assert.equal(quotas.views(0)[0]?.used, 300);
  quotas.take(a, 500, 0)?.end(nothing, true, 0);
  assert.equal(quotas.views(0)[0]?.used, 300);
});

test("RTE-16 a 429 halves both limits; one of a call without room teaches nothing", () => {
  const a = target("a", { quota: quota({ requestsPerMinute: 10 }) });
  const quotas = new TargetQuotas();
  quotas.take(a, 5_000, 0)?.end(nothing, true, 0);
  const limits = () => quotas.views(0).map(({ kind, limit }) => [kind, limit]);
  assert.deepEqual(limits(), [
    ["requests", 10],
    ["tokens", 1_000],
  ]);
  quotas.take(a, 100, 0)?.end(nothing, true, 0);
  assert.deepEqual(limits(), [
    ["requests", 5],
    ["tokens", 500],
  ]);
});

test("RTE-16 a target of several pools has one quota, which a new declaration begins anew", () => {
  const quotas = new TargetQuotas();
  quotas.take(target("a", { quota: quota() }), 900, 0);
  const twin = target("a", { quota: quota(), weight: 7 });
  quotas.serve([twin]);
  assert.ok(!quotas.hasRoom(twin, 200, 0));
  const other = target("a", { quota: quota({ tokensPerMinute: 2_000 }) });
  quotas.serve([other]);
  assert.ok(quotas.hasRoom(other, 2_000, 0));
  quotas.serve([]);
  assert.deepEqual(quotas.views(0), []);
});

test("RTE-16 nothing is kept of targets without a quota", () => {
  const quotas = new TargetQuotas();
  assert.ok(quotas.hasRoom(target("a"), Infinity, 0));
  assert.equal(quotas.take(target("a"), 1, 0), null);
  assert.deepEqual(quotas.views(0), []);
});

test("RTE-16 a call spills to the next target, the next pool too, before it is refused", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => target(id, { quota: quota() }));
  assert.ok(a && b && c);
  const ids = (full: readonly string[], of = entry([a, b, c])) =>
    planRoute(questionFor(), of, viewOf({ full })).attempts.map(({ target: { id } }) => id);
  assert.deepEqual(ids([]), ["a", "b", "c"]);
  assert.deepEqual(ids(["a"]), ["b", "c", "a"]);
  assert.deepEqual(ids(["a", "b", "c"]), ["a", "b", "c"], "with no room anywhere it is tried");
  const pools = chain([pool("one", [a]), pool("two", [b, c])]);
  assert.deepEqual(ids(["a", "b"], pools), ["c", "a", "b"]);
});

test("RTE-16 of a prompt the estimate is set aside, where there is one", () => {
  const a = target("a", { quota: quota() });
  const tokens = (inputEstimate: (() => number) | null) => {
    const question = questionFor({ inputTokensBound: 400, maxTokens: 50, inputEstimate });
    return planRoute(question, entry([a]), viewOf({})).attempts[0]?.quotaTokens;
  };
  assert.equal(tokens(null), 450);
  assert.equal(
    tokens(() => 100),
    150,
  );
  const plain = questionFor({ inputEstimate: () => assert.fail("nobody asks for it") });
  assert.equal(planRoute(plain, entry([target("a")]), viewOf({})).attempts[0]?.quotaTokens, 0);
});

test("RTE-16 of several processes each keeps to an equal part, of one request at least", () => {
  const a = target("a", { quota: quota({ requestsPerMinute: 6 }) });
  const quotas = new TargetQuotas(4);
  assert.ok(quotas.hasRoom(a, 250, 0));
  assert.ok(!quotas.hasRoom(a, 251, 0));
  quotas.take(a, 1, 0);
  assert.ok(!quotas.hasRoom(a, 1, 0), "a second request of 1.5");
  const seldom = target("seldom", { quota: quota({ requestsPerMinute: 2 }) });
  assert.ok(quotas.hasRoom(seldom, 1, 0));
  assert.deepEqual(
    quotas.views(0).map(({ kind, limit }) => `${kind} ${limit}`),
    ["requests 1.5", "tokens 250", "requests 1", "tokens 250"],
  );
});
