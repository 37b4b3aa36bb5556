import assert from "node:assert/strict";
import { test } from "node:test";
import { sealDays, sealWrite } from "./ledger-days.ts";
import type { LedgerRow } from "./ledger.ts";
import { memoryLedger, rowOf, startMs, subject } from "./memory-ledger-fixture.ts";
import { queryUsageBySource, type SourceQuery } from "./source-query.ts";
import { SqliteLedger } from "./store/sqlite.ts";
import { queryUsage } from "./usage-query.ts";

const dayMs = 86_400_000;

const all: SourceQuery = {
  tenant: null,
  without: null,
  team: null,
  key: null,
  agent: null,
  nowMs: startMs + 2 * dayMs,
  rangeMs: 3 * dayMs,
};

const okRow = (id: string, over: Partial<LedgerRow> = {}): LedgerRow =>
  rowOf(id, { outcome: "ok", cause: null, ...over });

const calls: readonly (readonly LedgerRow[])[] = [
  [okRow("a", { costNanoUsd: 1_350_000_000, firstTokenMs: 9.5 })],
  // What its attempts have cost beside the answer is the operator's.
  [rowOf("b", { attempt: 1, costNanoUsd: 99, usageSource: "estimated" }), okRow("b")],
  [rowOf("c", { outcome: "unknown", usageSource: "unknown", costNanoUsd: 350_000_000 })],
  [rowOf("d", { outcome: "cancelled", usageSource: "estimated", wastedTokens: 4 })],
  [rowOf("e", { usageSource: "none", costNanoUsd: 0, priceVersion: null })],
  [okRow("f", { costNanoUsd: 0, priceVersion: null, subject: { ...subject, team: "shop" } })],
  [
    okRow("g", {
      costNanoUsd: 0,
      priceVersion: null,
      subject: {
        ...subject,
        tenant: "other",
        agent: "bot",
        given: { kind: "hit", nanoUsd: 7, inputTokens: 1, outputTokens: 2 },
      },
    }),
  ],
  [okRow("h", { timeMs: startMs + dayMs })],
  [okRow("i", { timeMs: startMs - dayMs, costNanoUsd: Number.MAX_SAFE_INTEGER })],
];

function setUp(booked = calls) {
  const books = memoryLedger();
  const ledger = new SqliteLedger(books.reader);
  for (const rows of booked) {
    const writes = ledger.terminal(rows);
    // What is given the answer of another call has no intent to end, but a roll-up of its own.
    books.run(rows[0]?.subject.given === undefined ? writes.slice(0, 2) : writes);
  }
  let pauses = 0;
  const pause = async (): Promise<void> => void (pauses += 1);
  const ask = (over: Partial<SourceQuery> = {}, isWanted: () => boolean = () => true) =>
    queryUsageBySource(books.reader, { ...all, ...over }, { pause, isWanted });
  return { ...books, ask, pauses: () => pauses };
}

test("MON-14 money splits by the source of its usage, and unpriced calls are told", async () => {
  const { groups, unpriced } = await setUp().ask();
  assert.deepEqual(
    groups.map(({ name, figures }) => [name, figures.requests, figures.costNanoUsd]),
    [
      ["reported", 6, 1_350_000_014n + BigInt(Number.MAX_SAFE_INTEGER)],
      ["estimated", 1, 7n],
      ["none", 1, 0n],
      ["unknown", 1, 350_000_000n],
    ],
  );
  assert.equal(unpriced, 1, "f: e had no usage, g was given what another one paid for");
});

const filters: readonly Partial<SourceQuery>[] = [
  {},
  { tenant: "acme" },
  { without: "acme" },
  { team: "shop" },
  { team: "" },
  { key: "k1", agent: "bot" },
  { tenant: "nobody" },
  { rangeMs: 2 * dayMs - 1 },
  { rangeMs: 2 * dayMs, untilMs: startMs + dayMs },
  { rangeMs: 0 },
];

for (const over of filters) {
  test(`MON-14 rows come to what roll-ups do: ${JSON.stringify(over)}`, async () => {
    const { ask, reader } = setUp();
    const { fromMs, toMs, totals } = await ask(over);
    const rolledUp = queryUsage(reader, { ...all, ...over, group: null });
    assert.deepEqual({ fromMs, toMs, totals, groups: [] }, rolledUp);
  });
}

test("MON-14 figures by source begin behind the days that are dropped", async () => {
  const { ask, reader, run, tamper, mark } = setUp([[okRow("a", { timeMs: startMs - dayMs })]]);
  mark(startMs - dayMs);
  run(sealDays(reader, startMs).map(sealWrite));
  assert.equal((await ask()).fromMs, startMs - dayMs);
  tamper("UPDATE ledger_days SET is_dropped = 1");
  const kept = await ask();
  assert.deepEqual([kept.fromMs, kept.totals.requests], [startMs, 0]);
  const before = await ask({ rangeMs: 3 * dayMs, untilMs: startMs - 5 });
  assert.equal(before.fromMs, before.toMs, "of a time that is gone there is nothing");
});

test("MON-14 figures by source pause, and stop when nobody wants them", async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => [okRow(`call-${n}`)]);
  const { ask, pauses } = setUp(many);
  assert.equal((await ask()).totals.requests, 1_000);
  assert.equal(pauses(), 3);
  assert.equal((await ask({}, () => false)).totals.requests, 0);
  assert.equal(pauses(), 3);
});

test("MON-14 a split by source of too many calls is refused with the limit", async () => {
  const { ask, tamper } = setUp();
  tamper("UPDATE calls SET place = place + 500000 WHERE place = 9");
  const refused = { code: "invalid_value", details: { param: "range" } };
  await assert.rejects(ask(), { ...refused, message: /up to 500009 calls .*, limit 500000/ });
});
