import assert from "node:assert/strict";
import { test } from "node:test";
import { foldWrites } from "@sekisho/lib/storage/commits/fold.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { queryGiven } from "./given-query.ts";
import type { LedgerRow, RowGiven } from "./ledger.ts";
import { ledgerMigrations } from "./store/migrations.sql.ts";
import { SqliteLedger } from "./store/sqlite.ts";
import { queryUsage } from "./usage-query.ts";

const minuteMs = 60_000;
const startMs = 1_000 * minuteMs;

const rowOf = (n: number, tenant: string, given: RowGiven | null): LedgerRow => ({
  id: `call-${n}`,
  attempt: 0,
  timeMs: startMs + n * minuteMs,
  subject: {
    tenant,
    team: null,
    key: "k",
    user: null,
    session: null,
    agent: null,
    surface: "openai.chat",
    alias: "fast",
    choice: null,
    leftOutMessages: 0,
    ...(given === null ? {} : { given }),
    model: "m",
    provider: "p",
    region: "r",
  },
  usage: noUsage,
  usageSource: "none",
  wastedTokens: 0,
  costNanoUsd: 0,
  latencyMs: 1,
  firstTokenMs: null,
  outcome: "ok",
  cause: null,
  priceVersion: null,
});

const saved = { nanoUsd: Number.MAX_SAFE_INTEGER, inputTokens: 3, outputTokens: 2 };

test("STR-14 what is given again is summed by tenant, alias and kind, to the last nano-USD", () => {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, ledgerMigrations, clock);
  const reader = disk.openReader();
  const ledger = new SqliteLedger(reader);
  const rows = [
    rowOf(0, "acme", null),
    rowOf(1, "acme", { kind: "hit", ...saved }),
    rowOf(2, "acme", { kind: "hit", ...saved }),
    rowOf(2, "acme", { kind: "shared", ...saved, nanoUsd: 5 }),
    rowOf(3, "other", { kind: "semantic", ...saved, nanoUsd: 1 }),
  ];
  const writes = rows.flatMap((row, n) => ledger.terminal([{ ...row, id: `call-${n}` }]));
  for (const { sql, params } of foldWrites(writes)) disk.database.prepare(sql).run(...params);
  const nowMs = startMs + 10 * minuteMs;
  const asked = { tenant: null, nowMs, rangeMs: 60 * minuteMs };
  assert.deepEqual(
    queryGiven(reader, asked).map(({ tenant, alias, kind, answers, nanoUsd, inputTokens }) => [
      [tenant, alias, kind],
      [answers, nanoUsd, inputTokens],
    ]),
    [
      [
        ["acme", "fast", "hit"],
        [2, 2n * BigInt(saved.nanoUsd), 6],
      ],
      [
        ["acme", "fast", "shared"],
        [1, 5n, 3],
      ],
      [
        ["other", "fast", "semantic"],
        [1, 1n, 3],
      ],
    ],
  );
  assert.equal(queryGiven(reader, { ...asked, tenant: "other" }).length, 1);
  assert.equal(queryGiven(reader, { ...asked, rangeMs: 8 * minuteMs }).length, 3);
  const untilMs = startMs + 3 * minuteMs;
  assert.equal(queryGiven(reader, { ...asked, untilMs }).length, 2);
  const usage = { ...asked, without: null, team: null, key: null, agent: null };
  const report = queryUsage(reader, { ...usage, group: "tenant" });
  assert.deepEqual(
    report.groups.map(({ name, figures }) => [name, figures.requests, figures.givenAnswers]),
    [
      ["acme", 4, 3],
      ["other", 1, 1],
    ],
  );
  assert.equal(report.totals.savedNanoUsd, 2n * BigInt(saved.nanoUsd) + 6n);
  const without = queryUsage(reader, { ...usage, without: "acme", group: "outcome" });
  assert.deepEqual([without.totals.givenAnswers, without.groups[0]?.figures.givenAnswers], [1, 1]);
  const [view] = reader.all("SELECT cached, saved_nano_usd FROM ledger WHERE id = 'call-3'");
  assert.deepEqual({ ...view }, { cached: "shared", saved_nano_usd: 5 });
});
