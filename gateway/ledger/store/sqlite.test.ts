import assert from "node:assert/strict";
import { test } from "node:test";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Migration } from "@sekisho/lib/storage/migration.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { IntentRow, LedgerRow, RowSubject } from "../ledger.ts";
import { rowsOfCall } from "../stored-call.ts";
import { querySpend, queryUsage, type UsageQuery } from "../usage-query.ts";
import { ledgerMigrations } from "./migrations.sql.ts";
import { SqliteLedger } from "./sqlite.ts";
import { ledgerParts, verifyPart } from "../verify-ledger.ts";

const subject: RowSubject = {
  tenant: "acme",
  team: null,
  key: "k1",
  user: "u1",
  session: null,
  agent: null,
  surface: "openai.chat",
  alias: "fast",
  choice: null,
  leftOutMessages: 0,
  model: "haiku",
  provider: "p1",
  region: "r1",
};

const row = (over: Partial<LedgerRow>): LedgerRow => ({
  id: "a",
  attempt: 0,
  timeMs: 1_767_225_600_000,
  subject,
  usage: { ...noUsage, input: 100, output: 20 },
  usageSource: "reported",
  wastedTokens: 0,
  costNanoUsd: 7,
  latencyMs: 40,
  firstTokenMs: 10,
  outcome: "ok",
  cause: null,
  priceVersion: "v1",
  ...over,
});

const intent = (id: string): IntentRow => ({
  id,
  timeMs: 1,
  subject,
  reserved: { nanoUsd: 50, inputTokens: 20, outputTokens: 10 },
  priceVersion: "book/line",
  accounts: [{ account: "key:k1:day", windowStartMs: 5 }],
});

function setUp() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, ledgerMigrations, clock);
  const writer = new MemoryWriter({ disk, clock, onLoss: () => assert.fail("a write was lost") });
  const reader = disk.openReader();
  const ledger = new SqliteLedger(reader);
  const commit = async (writes: Parameters<typeof writer.commit>[0]): Promise<void> => {
    const done = writer.commit(writes, "process");
    clock.advanceBy(10);
    await done;
  };
  const count = (): unknown => reader.get("SELECT count(*) AS rows FROM ledger")?.["rows"];
  return { ledger, reader, commit, count };
}

test("MON-10 an intent stays open until its terminal rows are committed", async () => {
  const { ledger, commit } = setUp();
  await commit([ledger.intent(intent("a")), ledger.intent(intent("b"))]);
  assert.deepEqual(ledger.openIntents(), [intent("a"), intent("b")]);
  await commit(ledger.terminal([row({ attempt: 1 }), row({})]));
  assert.deepEqual(ledger.openIntents(), [intent("b")]);
});

test("MON-10 an intent of a version that kept no price version is read without one", async () => {
  const { ledger, commit } = setUp();
  const { sql, params } = ledger.intent(intent("a"));
  const [id, timeMs, reserved, about] = params;
  const older: unknown = JSON.parse(String(about));
  assert.ok(Array.isArray(older));
  const kept = JSON.stringify(older.slice(0, 3));
  await commit([{ sql, params: [id ?? null, timeMs ?? null, reserved ?? null, kept] }]);
  assert.deepEqual(ledger.openIntents(), [{ ...intent("a"), priceVersion: null }]);
});

test("MON-10 a second terminal row of a call is refused", async () => {
  const { ledger, commit, count } = setUp();
  const rows = [row({ attempt: 1 }), row({})];
  await commit(ledger.terminal(rows));
  await assert.rejects(commit(ledger.terminal(rows)));
  await assert.rejects(commit(ledger.terminal([row({})])));
  assert.equal(count(), 2);
});

test("MON-14 one row for each attempt and one for the response", async () => {
  const { ledger, reader, commit } = setUp();
  const failed = row({ attempt: 1, outcome: "error", cause: "upstream_error", costNanoUsd: 0 });
  await commit(ledger.terminal([failed, row({ attempt: 2, latencyMs: 5 }), row({})]));
  await commit(ledger.terminal([row({ id: "b", attempt: 1, latencyMs: 6 }), row({ id: "b" })]));
  await commit(ledger.terminal([row({ id: "c", outcome: "error", cause: "circuit_open" })]));
  const rows = reader.all("SELECT id, attempt, latency_ms, cause FROM ledger ORDER BY id, attempt");
  assert.deepEqual(
    rows.map((each) => Object.values(each)),
    [
      ["a", 0, 40, null],
      ["a", 1, 40, "upstream_error"],
      ["a", 2, 5, null],
      ["b", 0, 40, null],
      ["b", 1, 6, null],
      ["c", 0, 40, "circuit_open"],
    ],
  );
});

test("the columns of a sole attempt and its response hold what the rows say", async () => {
  const { ledger, reader, commit } = setUp();
  await commit(ledger.terminal([row({ attempt: 1 }), row({})]));
  const [response, attempt] = reader.all("SELECT * FROM ledger ORDER BY attempt");
  assert.deepEqual({ ...response, attempt: 1 }, { ...attempt });
  assert.equal(response?.["input"], 100);
  assert.equal(response?.["user"], "u1");
  assert.equal(response?.["price_version"], "v1");
});

test("MON-14 an attempt that differs from its response in its times alone has them", async () => {
  const { ledger, reader, commit } = setUp();
  const response = row({ latencyMs: 40.125, firstTokenMs: null });
  const calls = [
    [row({ attempt: 1, latencyMs: 1 / 3, firstTokenMs: 0.1 + 0.2 }), response],
    [row({ id: "b", attempt: 1, latencyMs: 5, firstTokenMs: null }), { ...response, id: "b" }],
    [row({ id: "c", attempt: 1, costNanoUsd: 8 }), { ...response, id: "c" }],
    [
      row({ id: "d", attempt: 1, outcome: "error", cause: "upstream_error" }),
      row({ id: "d", attempt: 2, subject: { ...subject, region: null } }),
      row({ id: "d", attempt: 3, usage: { ...noUsage, input: 100, output: 20 } }),
      { ...response, id: "d" },
    ],
  ];
  for (const rows of calls) await commit(ledger.terminal(rows));
  const [first, ...others] = calls.map((rows) => rows.toSorted((a, b) => a.attempt - b.attempt));
  const stored = reader.all("SELECT * FROM calls ORDER BY id");
  const [firstRead, ...othersRead] = stored.map(rowsOfCall);
  assert.deepEqual(othersRead, others);
  assert.deepEqual(firstRead, [first?.[0], { ...first?.[1], latencyMs: 0.333, firstTokenMs: 0.3 }]);
  const lengths = stored.map(({ about }) => {
    const [, rows]: readonly unknown[][] = JSON.parse(String(about));
    return rows?.map((each) => (each as unknown[]).length); // rows are lists
  });
  assert.deepEqual(lengths, [
    [3, 18],
    [3, 18],
    [18, 18],
    [18, 18, 3, 18],
  ]);
  const names = "id, attempt, region, cost_nano_usd, latency_ms, first_token_ms, outcome, wasted";
  const seen = reader.all(`SELECT ${names} FROM ledger ORDER BY id, attempt`);
  assert.deepEqual(
    seen.map((each) => Object.values(each)),
    [firstRead, ...othersRead].flatMap((rows) =>
      (rows ?? []).map((each) => [
        each.id,
        each.attempt,
        each.subject.region,
        each.costNanoUsd,
        each.latencyMs,
        each.firstTokenMs,
        each.outcome,
        each.wastedTokens,
      ]),
    ),
  );
});

test("MON-14 delivered and wasted are the output, and unknown in calls of before", async () => {
  const { ledger, reader, commit } = setUp();
  await commit(ledger.terminal([row({ attempt: 1, wastedTokens: 20 }), row({ wastedTokens: 5 })]));
  await commit(ledger.terminal([row({ id: "b", wastedTokens: null })]));
  const [call, ...rest] = ledger.terminal([row({ id: "c" })]);
  assert.ok(call !== undefined);
  const [id, timeMs, about, ...names] = call.params;
  const [shared, attempts]: readonly unknown[][] = JSON.parse(String(about));
  const older = attempts?.map((each) => (each as unknown[]).slice(0, 17)); // rows are lists
  const before = JSON.stringify([shared, older]);
  const params = [id ?? null, timeMs ?? null, before, ...names];
  await commit([{ ...call, params }, ...rest]);
  const columns = "SELECT id, attempt, delivered, wasted FROM ledger ORDER BY id, attempt";
  assert.deepEqual(
    reader.all(columns).map((each) => Object.values(each)),
    [
      ["a", 0, 15, 5],
      ["a", 1, 0, 20],
      ["b", 0, null, null],
      ["c", 0, null, null],
    ],
  );
  const read = reader.all("SELECT * FROM calls ORDER BY place").flatMap(rowsOfCall);
  assert.deepEqual(
    read.map(({ wastedTokens }) => wastedTokens),
    [5, 20, null, null],
  );
  const parts = await Promise.all(
    ledgerParts(reader).map((part) => verifyPart(reader, part, () => Promise.resolve())),
  );
  assert.deepEqual(
    parts.map((part) => [part?.rows, part?.fault]),
    [[3, null]],
  );
});

test("MON-14 the rows of a ledger from before calls were one row stay as they were", () => {
  const clock = new VirtualClock();
  const { database } = new MemoryDisk(clock);
  const isOld = ({ number }: Migration): boolean => number < 304;
  migrate(database, ledgerMigrations.filter(isOld), clock);
  const { choice: _, leftOutMessages: __, ...rest } = subject; // there were none
  const { given: ___, tags: ____, ...whoAndWhat } = rest; // nor these
  const stored: Readonly<Record<string, string | number | null>> = {
    id: "a",
    attempt: 0,
    time_ms: 1_767_225_600_000,
    ...whoAndWhat,
    input: 1,
    output: 2,
    cache_read: 3,
    cache_write_5m: 4,
    cache_write_1h: 5,
    reasoning: 6,
    usage_source: "reported",
    cost_nano_usd: Number.MAX_SAFE_INTEGER,
    latency_ms: 40.125,
    first_token_ms: null,
    outcome: "error",
    cause: "upstream_error",
    price_version: "v1",
  };
  const names = Object.keys(stored);
  const insert = database.prepare(
    `INSERT INTO ledger (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
  );
  const rows = [
    stored,
    { ...stored, attempt: 1, model: "opus", provider: "p2" },
    { ...stored, id: "b", user: '"quoted"', model: null, provider: null, region: null },
  ];
  for (const each of rows) insert.run(...Object.values(each));
  assert.equal(
    migrate(database, ledgerMigrations, clock),
    ledgerMigrations.length - ledgerMigrations.filter(isOld).length,
  );
  const select = `SELECT ${names.join(", ")} FROM ledger ORDER BY id, attempt`;
  assert.deepEqual(
    database
      .prepare(select)
      .all()
      .map((each) => ({ ...each })),
    rows,
  );
  const chosen = database.prepare("SELECT DISTINCT choice FROM ledger").all();
  assert.deepEqual(
    chosen.map(({ choice }) => choice),
    [null],
  );
});

test("RTE-5 what was picked stands in each row of its call, and in no other's", async () => {
  const { ledger, commit, reader } = setUp();
  const choice = "fast: simple by -2 = short -1, no history -1";
  await commit(ledger.terminal([row({ subject: { ...subject, choice } })]));
  await commit(ledger.terminal([row({ id: "b" })]));
  const rows = reader.all("SELECT choice FROM ledger ORDER BY time_ms, id");
  assert.deepEqual(
    rows.map((each) => each["choice"]),
    [choice, null],
  );
});

test("MON-5 what was left out stands in the rows of its call and in its intent", async () => {
  const { ledger, commit, reader } = setUp();
  for (const [id, choice] of [
    ["a", null],
    ["b", "fast: simple by -1"],
  ] as const) {
    const shortened = { ...subject, choice, leftOutMessages: 12 };
    await commit([ledger.intent({ ...intent(id), subject: shortened })]);
    assert.deepEqual(
      ledger.openIntents().map((each) => each.subject),
      [shortened],
    );
    await commit(ledger.terminal([row({ id, subject: shortened })]));
    const stored = reader.get("SELECT * FROM calls WHERE id = ?", [id]) ?? {};
    assert.deepEqual(
      rowsOfCall(stored).map((each) => each.subject),
      [shortened],
    );
  }
  await commit(ledger.terminal([row({ id: "c" })]));
  const rows = reader.all("SELECT left_out_messages AS messages, choice FROM ledger ORDER BY id");
  assert.deepEqual(
    rows.map((each) => ({ ...each })),
    [
      { messages: 12, choice: null },
      { messages: 12, choice: "fast: simple by -1" },
      { messages: null, choice: null },
    ],
  );
});

const everything: UsageQuery = {
  tenant: null,
  without: null,
  team: null,
  key: null,
  agent: null,
  rangeMs: 86_400_000,
  nowMs: 1_767_225_660_000,
  group: null,
};

test("MON-14 figures are the sums over the response rows, attempts left out", async () => {
  const { ledger, reader, commit } = setUp();
  for (let i = 0; i < 10; i += 1) {
    await commit(
      ledger.terminal([
        row({ id: `a${i}`, attempt: 1, costNanoUsd: 1_000 }),
        row({ id: `a${i}`, latencyMs: (i + 1) * 10 }),
      ]),
    );
  }
  await commit(ledger.terminal([row({ id: "e", outcome: "error", cause: "upstream_cut" })]));
  await commit(ledger.terminal([row({ id: "l", outcome: "cancelled", cause: "client_closed" })]));
  const { totals } = queryUsage(reader, everything);
  assert.equal(totals.requests, 12);
  assert.equal(totals.errors, 1);
  assert.equal(totals.inputTokens, 1_200);
  assert.equal(totals.costNanoUsd, 84n);
  assert.equal(totals.successRate, 10 / 11);
  assert.ok(Math.abs(totals.p50LatencyMs - 50) <= 50 * 0.04 + 10);
});

test("MON-14 a call whose process died has no latency in the figures", async () => {
  const { ledger, reader, commit } = setUp();
  const lost = (id: string) => row({ id, outcome: "unknown", latencyMs: 0, firstTokenMs: null });
  await commit(ledger.terminal([lost("a")]));
  const figures = () => queryUsage(reader, everything).totals;
  assert.deepEqual([figures().requests, figures().averageLatencyMs], [1, 0]);
  await commit(ledger.terminal([row({ id: "b", latencyMs: 40 })]));
  await commit([lost("c"), lost("d")].flatMap((each) => ledger.terminal([each])));
  const { requests, errors, averageLatencyMs, p50LatencyMs } = figures();
  assert.deepEqual([requests, errors, averageLatencyMs], [4, 3, 40]);
  assert.ok(Math.abs(p50LatencyMs - 40) <= 40 * 0.04, `${p50LatencyMs}`);
});

test("MON-14 figures are filtered and grouped, and old minutes are left out", async () => {
  const { ledger, reader, commit } = setUp();
  const other = { ...subject, tenant: "other", agent: "bot" };
  await commit(ledger.terminal([row({ id: "a" })]));
  await commit(ledger.terminal([row({ id: "b", subject: other })]));
  await commit(ledger.terminal([row({ id: "c", timeMs: 1_767_225_600_000 - 90_000_000 })]));
  assert.equal(queryUsage(reader, { ...everything, tenant: "other" }).totals.requests, 1);
  assert.equal(queryUsage(reader, { ...everything, without: "other" }).totals.requests, 1);
  assert.deepEqual(
    querySpend(reader, 1_767_225_600_000, "other").map(({ requests }) => requests),
    [1],
  );
  const { groups } = queryUsage(reader, { ...everything, group: "tenant" });
  assert.deepEqual(
    groups.map(({ name, figures }) => [name, figures.requests]),
    [
      ["acme", 1],
      ["other", 1],
    ],
  );
});

test("figures over nothing are zeroes, not gaps", () => {
  const { totals } = queryUsage(setUp().reader, everything);
  assert.equal(totals.requests, 0);
  assert.equal(totals.averageLatencyMs, 0);
  assert.equal(totals.p99LatencyMs, 0);
  assert.equal(totals.successRate, 1);
});
