import assert from "node:assert/strict";
import { test } from "node:test";
import { foldWrites } from "@sekisho/lib/storage/commits/fold.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import * as fc from "fast-check";
import type { LedgerRow, RowOutcome } from "./ledger.ts";
import { ledgerMigrations } from "./store/migrations.sql.ts";
import { SqliteLedger } from "./store/sqlite.ts";
import { queryUsage, usageGroups, type UsageQuery } from "./usage-query.ts";
import type { UsageFigures } from "./usage-tally.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startMs = Date.UTC(2026, 0, 1);

interface Call {
  readonly timeMs: number;
  readonly tenant: string;
  readonly team: string | null;
  readonly outcome: RowOutcome;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
}

const callOf = (over: Partial<Call>): Call => ({
  timeMs: startMs,
  tenant: "acme",
  team: null,
  outcome: "ok",
  costNanoUsd: 7,
  latencyMs: 40,
  firstTokenMs: 10,
  ...over,
});

const rowOf = ({ tenant, team, ...call }: Call, index: number): LedgerRow => ({
  id: `call-${index}`,
  attempt: 0,
  subject: {
    tenant,
    team,
    key: `key of ${tenant}`,
    user: null,
    session: null,
    agent: team === null ? "bot" : null,
    surface: "openai.chat",
    alias: "fast",
    choice: null,
    leftOutMessages: 0,
    model: call.outcome === "error" ? null : "haiku",
    provider: "p1",
    region: null,
  },
  usage: { ...noUsage, input: index, output: 2, cacheRead: 3, reasoning: 4 },
  usageSource: "reported",
  // Null counts as none.
  wastedTokens: [0, 1, 2, null][index % 4] ?? null,
  cause: null,
  priceVersion: null,
  ...call,
});

function setUp(migrations = ledgerMigrations) {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  const { database } = disk;
  const reader = disk.openReader();
  const upgrade = (): number => migrate(database, ledgerMigrations, clock);
  migrate(database, migrations, clock);
  const ledger = new SqliteLedger(reader);
  const book = (calls: readonly Call[]): void => {
    const writes = calls.flatMap((call, index) => ledger.terminal([rowOf(call, index)]));
    for (const { sql, params } of foldWrites(writes)) database.prepare(sql).run(...params);
  };
  return { database, reader, upgrade, book };
}

const everything: UsageQuery = {
  tenant: null,
  without: null,
  team: null,
  key: null,
  agent: null,
  rangeMs: 28 * 24 * hourMs,
  nowMs: startMs,
  group: null,
};

const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + Number(row[column]), 0);

const histogramOf = (rows: readonly Row[], column: string): Histogram => {
  const sum = new Histogram();
  for (const row of rows) {
    const bytes = row[column];
    assert.ok(bytes instanceof Uint8Array);
    sum.mergeBytes(bytes);
  }
  return sum;
};

const meanMs = ({ sum, count }: Histogram): number => (count === 0 ? 0 : sum / count / 1_000);

function naiveFigures(rows: readonly Row[]): UsageFigures {
  const latency = histogramOf(rows, "latency_us");
  const firstToken = histogramOf(rows, "first_token_us");
  const isError = ({ outcome }: Row): boolean => outcome === "error" || outcome === "unknown";
  const errors = sumOf(rows.filter(isError), "requests");
  const ok = sumOf(
    rows.filter(({ outcome }) => outcome === "ok"),
    "requests",
  );
  return {
    requests: sumOf(rows, "requests"),
    errors,
    inputTokens: sumOf(rows, "input"),
    outputTokens: sumOf(rows, "output"),
    wastedTokens: sumOf(rows, "wasted"),
    cachedTokens: sumOf(rows, "cached"),
    reasoningTokens: sumOf(rows, "reasoning"),
    costNanoUsd: rows.reduce((sum, row) => sum + BigInt(Number(row["cost_nano_usd"])), 0n),
    // None of these calls was given the answer of another one.
    givenAnswers: 0,
    savedNanoUsd: 0n,
    averageLatencyMs: meanMs(latency),
    p50LatencyMs: latency.quantile(0.5) / 1_000,
    p95LatencyMs: latency.quantile(0.95) / 1_000,
    p99LatencyMs: latency.quantile(0.99) / 1_000,
    averageFirstTokenMs: meanMs(firstToken),
    p95FirstTokenMs: firstToken.quantile(0.95) / 1_000,
    successRate: ok + errors === 0 ? 1 : ok / (ok + errors),
  };
}

/** The same report from every minute since the first, added up one by one. */
function naiveReport(reader: Reader, query: UsageQuery) {
  const { group } = query;
  const fromMs = Math.floor((query.nowMs - query.rangeMs) / minuteMs) * minuteMs;
  const rows = reader.all("SELECT * FROM rollups WHERE minute >= ?", [fromMs / minuteMs]);
  const columns = ["tenant", "team", "key", "agent"] as const;
  const wanted = rows.filter(
    (row) =>
      row["tenant"] !== query.without &&
      columns.every((column) => query[column] === null || query[column] === row[column]),
  );
  const byName = Map.groupBy(wanted, (row) => String(group === null ? "" : row[group]));
  const groups = [...byName]
    .map(([name, members]) => ({ name, figures: naiveFigures(members) }))
    .sort((a, b) => b.figures.requests - a.figures.requests || (a.name < b.name ? -1 : 1));
  const totals = naiveFigures(wanted);
  return { fromMs, toMs: query.nowMs, totals, groups: group === null ? [] : groups };
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  timeMs: fc.integer({ min: startMs - 4 * hourMs, max: startMs + hourMs }),
  tenant: fc.constantFrom("acme", "other"),
  team: fc.constantFrom(null, "shop"),
  outcome: fc.constantFrom<RowOutcome>("ok", "error", "cancelled", "unknown"),
  costNanoUsd: fc.nat(),
  latencyMs: fc.integer({ min: 0, max: 60_000 }),
  firstTokenMs: fc.option(fc.integer({ min: 0, max: 9_000 })),
});

const anyQuery: fc.Arbitrary<UsageQuery> = fc.record({
  tenant: fc.constantFrom(null, "acme", "nobody"),
  without: fc.constantFrom(null, "other"),
  team: fc.constantFrom(null, "shop", ""),
  key: fc.constantFrom(null, "key of other"),
  agent: fc.constantFrom(null, "bot"),
  rangeMs: fc.oneof(
    fc.integer({ min: 0, max: 5 * hourMs }),
    fc.constantFrom(hourMs, 2 * hourMs, hourMs - minuteMs, 2 * hourMs + minuteMs),
  ),
  nowMs: fc.oneof(
    fc.integer({ min: startMs - hourMs, max: startMs + hourMs }),
    fc.constantFrom(startMs, startMs - 1, startMs + minuteMs),
  ),
  group: fc.constantFrom(null, ...usageGroups),
});

test("MON-14 minutes, hours and days together equal the sum over all minutes", () => {
  fc.assert(
    fc.property(
      fc.array(anyCall, { maxLength: 60 }),
      fc.array(anyQuery, { minLength: 1, maxLength: 8 }),
      (calls, queries) => {
        const { reader, book } = setUp();
        book(calls);
        for (const query of queries) {
          assert.deepEqual(queryUsage(reader, query), naiveReport(reader, query));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("MON-14 a call at the edge of a minute or an hour is counted once or not at all", () => {
  const { reader, book } = setUp();
  book([startMs, startMs - minuteMs, startMs - hourMs].map((timeMs) => callOf({ timeMs })));
  const requestsSince = (fromMs: number): number =>
    queryUsage(reader, { ...everything, rangeMs: startMs - fromMs }).totals.requests;
  assert.equal(requestsSince(startMs), 1);
  assert.equal(requestsSince(startMs - 1), 2);
  assert.equal(requestsSince(startMs - minuteMs), 2);
  assert.equal(requestsSince(startMs - hourMs + minuteMs), 2);
  assert.equal(requestsSince(startMs - hourMs), 3);
});

/** A roll-up for each minute of 28 days, of one key. */
function setUpMonth() {
  const { database, reader, upgrade } = setUp(ledgerMigrations.slice(0, 3));
  const bytes = new Histogram().toBytes();
  database
    .prepare(
      `WITH RECURSIVE minutes(minute) AS
        (SELECT ?1 UNION ALL SELECT minute + 1 FROM minutes WHERE minute < ?2)
      INSERT INTO rollups SELECT minute, 'acme', '', 'k1', '', 'fast', 'haiku', 'p1', 'r1', 'ok',
        1, 1, 1, 1, 1, 1, ?3, ?3 FROM minutes`,
    )
    .run(startMs / minuteMs - 28 * 24 * 60, startMs / minuteMs - 1, bytes);
  upgrade();
  return { database, reader };
}

test("MON-14 28 days of one key read an hour of minutes, a day of hours and 27 days", () => {
  const { database, reader } = setUpMonth();
  let summed = 0;
  const statements: string[] = [];
  const watched: Reader = {
    all: (sql, params) => {
      statements.push(sql);
      return reader.all(sql, params);
    },
    get: (sql, params) => reader.get(sql, params),
    close: () => reader.close(),
  };
  database.aggregate("histogram_sum", {
    start: null,
    step: (nothing, bytes) => {
      if (bytes instanceof Uint8Array) summed += 1;
      return nothing;
    },
  });
  const query = { ...everything, rangeMs: everything.rangeMs - minuteMs, group: "key" } as const;
  assert.equal(queryUsage(watched, query).totals.requests, 28 * 24 * 60 - 1);
  // Each row has two histograms.
  assert.equal(summed / 2, 59 + 23 + 27);
  const [sql = "", given = "", ...more] = statements;
  assert.equal(more.length, 0);
  const steps = reader.all(`EXPLAIN QUERY PLAN ${sql}`, [0, 0, null, null, null, null]);
  const rest = reader.all(`EXPLAIN QUERY PLAN ${given}`, [0, null, null, null, null, null, null]);
  const plan = [...steps, ...rest].map((step) => String(step["detail"])).join("\n");
  assert.match(plan, /SEARCH given_rollups USING (?:COVERING INDEX|PRIMARY KEY).*minute>\?/);
  assert.match(plan, /SEARCH rollups USING PRIMARY KEY \(minute>\? AND minute<\?\)/);
  assert.match(plan, /SEARCH hour_rollups USING PRIMARY KEY \(hour>\? AND hour<\?\)/);
  assert.match(plan, /SEARCH day_rollups USING PRIMARY KEY \(day>\? AND day<\?\)/);
});

test("MON-14 a ledger from before hours and days gets them from its minutes", () => {
  const { database, reader, upgrade } = setUp(ledgerMigrations.slice(0, 3));
  const current = setUp();
  const outcomes: readonly RowOutcome[] = ["ok", "error"];
  current.book(
    Array.from({ length: 200 }, (_, index) =>
      callOf({
        timeMs: startMs + index * 2 * minuteMs,
        latencyMs: index * 10,
        outcome: outcomes[index % 3] ?? "cancelled",
      }),
    ),
  );
  for (const row of current.reader.all("SELECT * FROM rollups")) {
    // Nobody has kept then what was wasted.
    const { wasted: _, ...before } = row;
    const places = Object.keys(before).map(() => "?");
    const insert = `INSERT INTO rollups VALUES (${places.join(", ")})`;
    database.prepare(insert).run(...Object.values(before));
  }
  assert.equal(upgrade(), ledgerMigrations.length - 3);
  const all = ["rollups", "hour_rollups", "day_rollups"];
  for (const table of all) current.database.exec(`UPDATE ${table} SET wasted = 0`);
  const hours = "SELECT * FROM hour_rollups";
  assert.ok(reader.all(hours).length > 7);
  assert.deepEqual(reader.all(hours), current.reader.all(hours));
  const days = "SELECT * FROM day_rollups";
  assert.ok(reader.all(days).length > 2);
  assert.deepEqual(reader.all(days), current.reader.all(days));
});

test("MON-14 costs beyond 2^53 are exact to the last digit", () => {
  const { reader, book } = setUp();
  const most = Number.MAX_SAFE_INTEGER;
  book([
    callOf({ costNanoUsd: most }),
    callOf({ costNanoUsd: 2, timeMs: startMs + minuteMs }),
    callOf({ costNanoUsd: most, tenant: "other" }),
  ]);
  const { totals, groups } = queryUsage(reader, { ...everything, group: "tenant" });
  assert.equal(totals.costNanoUsd, 2n * BigInt(most) + 2n);
  assert.deepEqual(
    groups.map(({ name, figures }) => [name, figures.costNanoUsd]),
    [
      ["acme", BigInt(most) + 2n],
      ["other", BigInt(most)],
    ],
  );
});

test("MON-14 a month is the sum of its days, and what comes behind it does not count", () => {
  const { reader, book } = setUp();
  const dayMs = 24 * hourMs;
  const untilMs = startMs + 31 * dayMs;
  const times = [startMs - 1, startMs, startMs + 9 * dayMs, untilMs - 1, untilMs, untilMs + dayMs];
  book(times.map((timeMs, index) => callOf({ timeMs, costNanoUsd: 10 ** index })));
  const at = (nowMs: number) =>
    queryUsage(reader, { ...everything, nowMs, rangeMs: nowMs - startMs, untilMs });
  const closed = at(untilMs + 40 * dayMs);
  assert.deepEqual([closed.fromMs, closed.toMs], [startMs, untilMs]);
  assert.deepEqual([closed.totals.requests, closed.totals.costNanoUsd], [3, 1_110n]);
  const running = at(startMs + 20 * dayMs);
  assert.equal(running.toMs, startMs + 20 * dayMs);
});
