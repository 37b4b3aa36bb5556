import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourceQuery } from "@sekisho/gateway/ledger/source-query.ts";
import type { UsageQuery } from "@sekisho/gateway/ledger/usage-query.ts";
import type { UsageFigures } from "@sekisho/gateway/ledger/usage-tally.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { UsageView } from "@sekisho/wire/admin/usage.ts";
import type { AdminContext } from "./admin-context.ts";
import { ExportGate } from "./reading/export-gate.ts";
import type { AdminRequest } from "./admin-request.ts";
import { getUsage } from "./usage.ts";

const figures: UsageFigures = {
  requests: 3,
  errors: 1,
  inputTokens: 10,
  outputTokens: 20,
  wastedTokens: 9,
  cachedTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 2n ** 53n + 1n,
  givenAnswers: 1,
  savedNanoUsd: 2n ** 53n + 1n,
  averageLatencyMs: 12.5,
  p50LatencyMs: 12,
  p95LatencyMs: 40,
  p99LatencyMs: 41,
  averageFirstTokenMs: 3,
  p95FirstTokenMs: 4,
  successRate: 0.5,
};

const exports = new ExportGate();

const ask = async (query: string) => {
  const clock = new VirtualClock();
  const asked: UsageQuery[] = [];
  const usage = (question: UsageQuery) => {
    asked.push(question);
    const { nowMs, rangeMs, group } = question;
    const groups = group === null ? [] : [{ name: "漫画", figures }];
    return { fromMs: nowMs - rangeMs, toMs: nowMs, totals: figures, groups };
  };
  const staff = { role: "viewer", tenant: null };
  const request = { exchange: { head: { query } }, staff } as AdminRequest;
  const config = { config: { tenants: { acme: {} } } };
  const bySource = async (question: SourceQuery) => {
    asked.push({ ...question, group: null });
    const { nowMs, rangeMs } = question;
    const groups = [{ name: "unknown", figures }];
    return { fromMs: nowMs - rangeMs, toMs: nowMs, totals: figures, groups, unpriced: 2 };
  };
  const own = { usage, clock, config, exports };
  const answer = await getUsage(request, {
    ...own,
    ledger: { bySource },
  } as unknown as AdminContext);
  // As it leaves: bigint has no JSON.
  return { asked, view: JSON.parse(JSON.stringify(answer.body)) as UsageView };
};

const nowMs = new VirtualClock().wallMs();

test("MON-14 the query's filter, range and group reach the ledger", async () => {
  const { asked } = await ask("tenant=acme&team=shop&key=key_1&agent=bot&range=1h&group=model");
  const filter = { tenant: "acme", team: "shop", key: "key_1", agent: "bot" };
  assert.deepEqual(asked, [
    { ...filter, without: null, group: "model", rangeMs: 3_600_000, nowMs, untilMs: null },
  ]);
});

test("MON-14 without a query it is the last 24 hours of everything, not split", async () => {
  const { asked, view } = await ask("");
  const filter = { tenant: null, team: null, key: null, agent: null, group: null };
  const span = { rangeMs: 86_400_000, nowMs, untilMs: null };
  assert.deepEqual(asked, [{ ...filter, without: "sekisho", ...span }]);
  assert.equal(view.without, "sekisho", "what probes cost is nobody's usage");
  assert.deepEqual([view.from, view.to], ["2025-12-31T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]);
  assert.deepEqual([view.group, view.groups], [null, []]);
});

test("MON-14 figures keep their names, and a cost beyond 2^53 its last digit", async () => {
  const { view } = await ask("group=alias");
  const exact = { costNanoUsd: "9007199254740993", savedNanoUsd: "9007199254740993" };
  assert.deepEqual(view.totals, { ...figures, ...exact, cacheHitRate: 1 / 3 });
  assert.deepEqual(view.groups, [{ name: "漫画", figures: view.totals }]);
});

test("MON-14 a query that is not understood is refused before anything is read", async () => {
  await assert.rejects(ask("range=2h"), { code: "invalid_value", details: { param: "range" } });
  await assert.rejects(ask("tenant=a&tenant=b"), { code: "invalid_value" });
});

test("MON-14 a month or a day is asked for from its start to its end", async () => {
  const { asked } = await ask("range=1999-12");
  const fromMs = Date.UTC(1999, 11, 1);
  assert.deepEqual(
    asked.map(({ rangeMs, untilMs }) => [rangeMs, untilMs]),
    [[nowMs - fromMs, Date.UTC(2000, 0, 1)]],
  );
  await assert.rejects(ask("range=1999-02-29"), { code: "invalid_value" });
});

test("MON-14 a split by source is read from rows, in the place of an export", async () => {
  const { asked, view } = await ask("group=source&team=shop");
  assert.deepEqual([asked.length, asked[0]?.team, asked[0]?.without], [1, "shop", "sekisho"]);
  assert.deepEqual([view.group, view.unpriced], ["source", 2]);
  assert.deepEqual(
    view.groups.map(({ name }) => name),
    ["unknown"],
  );
  assert.equal((await ask("group=model")).view.unpriced, null);
  const places = [exports.enter(), exports.enter(), exports.enter(), exports.enter()];
  await assert.rejects(ask("group=source"), { code: "overloaded" });
  for (const place of places) place[Symbol.dispose]();
  await ask("group=source");
});
