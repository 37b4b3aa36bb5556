import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isBookedTenant } from "@sekisho/gateway/ledger/booked-tenant.ts";
import { findCall } from "@sekisho/gateway/ledger/find-call.ts";
import { readCalls } from "@sekisho/gateway/ledger/ledger-query.ts";
import type { LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { SqliteLedger } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { queryUsage, type UsageGroup } from "@sekisho/gateway/ledger/usage-query.ts";
import { verifyPart } from "@sekisho/gateway/ledger/verify-ledger.ts";
import { migrateFile } from "@sekisho/lib/storage/database/migrate.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import { SqliteWriter } from "@sekisho/lib/storage/writer-thread/sqlite-writer.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { ledgerLines, ledgerRowView } from "@sekisho/server/edge/admin/views/ledger-view.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";

/**
 * `node scripts/measure-ledger.ts [--calls=1000000]`: fills a ledger with calls of 30 days and says
 * how long totals and percentiles, look-ups, an export and a verification take, and how much
 * memory.
 */
const { values } = parseArgs({ options: { calls: { type: "string", default: "1000000" } } });
const callCount = Number(values.calls);

const days = 30;
const dayMs = 86_400_000;
const endMs = 1_769_817_600_000;
const mebibyte = 1_048_576;

const clock = new SystemClock();
const pause = (): Promise<void> => new Promise((resolve) => clock.soon(resolve));
const folder = mkdtempSync(join(tmpdir(), "sekisho-ledger-"));
const path = join(folder, "sekisho.db");

/** Twenty keys of five tenants, four models: some of them seldom. */
function rowsOf(n: number): LedgerRow[] {
  const key = Math.floor(20 * ((n * 0.618_033_988_7) % 1) ** 2);
  const model = ((n * 7) % 11) % 4;
  const response: LedgerRow = {
    id: `01${n.toString(36).padStart(24, "0")}`,
    attempt: 0,
    timeMs: endMs - Math.floor((1 - n / callCount) * days * dayMs),
    subject: {
      tenant: `tenant-${key % 5}`,
      team: `team-${key % 5}-${key % 2}`,
      key: `key_${key}`,
      user: `user-${n % 5_000}`,
      session: `session-${n % 60_000}`,
      agent: null,
      surface: "openai.chat",
      alias: `alias-${model}`,
      choice: null,
      leftOutMessages: 0,
      model: `model-${model}`,
      provider: `provider-${model % 2}`,
      region: "us-east-1",
    },
    usage: { ...noUsage, input: 500 + (n % 2_000), output: 100 + (n % 700) },
    usageSource: "reported",
    wastedTokens: 0,
    costNanoUsd: 1_000_000 + (n % 9_999),
    latencyMs: 200 + ((n * 37) % 5_000),
    firstTokenMs: 100 + (n % 400),
    outcome: n % 200 === 0 ? "error" : "ok",
    cause: n % 200 === 0 ? "upstream_error" : null,
    priceVersion: "book/line",
  };
  return [{ ...response, attempt: 1 }, response];
}

async function fill(): Promise<void> {
  migrateFile(path, ledgerMigrations, clock);
  const fail = (error: unknown): never => {
    throw error;
  };
  await using writer = await SqliteWriter.open({ path, clock, onLoss: fail });
  using reader = SqliteReader.open(path);
  const ledger = new SqliteLedger(reader);
  for (let n = 0; n < callCount; n++) {
    writer.enqueue(ledger.terminal(rowsOf(n)));
    if (n % 2_000 === 1_999) await writer.flush();
  }
  await writer.flush();
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

const ranges = { "1h": 1 / 24, "24h": 1, "7d": 7, "30d": 30 } as const;
const groups: readonly (UsageGroup | null)[] = [null, "tenant", "key", "model"];

/** Every range, split and not, for all tenants and for one: twenty times each. */
function measureUsage(reader: SqliteReader): void {
  const all: number[] = [];
  for (const [range, count] of Object.entries(ranges)) {
    const times: number[] = [];
    for (let n = 0; n < 20; n++) {
      for (const group of groups) {
        for (const tenant of [null, "tenant-1"]) {
          const startedMs = clock.monotonicMs();
          const filter = { tenant, without: null, team: null, key: null, agent: null };
          queryUsage(reader, { ...filter, rangeMs: count * dayMs, nowMs: endMs, group });
          times.push(clock.monotonicMs() - startedMs);
        }
      }
    }
    times.sort((a, b) => a - b);
    all.push(...times);
    say(`usage ${range}`, `p50 ${ms(quantile(times, 0.5))}, p95 ${ms(quantile(times, 0.95))}`);
  }
  all.sort((a, b) => a - b);
  say("usage, all", `p95 ${ms(quantile(all, 0.95))}`);
}

/** A thousand calls anywhere in the ledger, as many that are not there, and as many tenants. */
function measureLookUps(reader: SqliteReader): void {
  const places = Array.from({ length: 1_000 }, (_, n) => (n * 1_037_389) % callCount);
  const looks: Readonly<Record<string, (n: number) => unknown>> = {
    "a call by its id": (n) => findCall(reader, rowsOf(n)[0]?.id ?? ""),
    "no call": (n) => findCall(reader, `02${n}`),
    "no tenant": (n) => isBookedTenant(reader, `nobody-${n}`),
  };
  for (const [what, look] of Object.entries(looks)) {
    const times = places.map((n) => {
      const startedMs = clock.monotonicMs();
      const isFound = look(n) !== null;
      if (what.startsWith("a ") && !isFound) throw new Error(`Cannot find call ${n}`);
      return clock.monotonicMs() - startedMs;
    });
    times.sort((a, b) => a - b);
    const us = (share: number): string => `${(quantile(times, share) * 1_000).toFixed(0)} us`;
    say(what, `p50 ${us(0.5)}, p99 ${us(0.99)}`);
  }
}

/** As `GET /admin/ledger?format=csv&range=all` does it, with a reader who takes all at once. */
async function measureExport(reader: SqliteReader): Promise<void> {
  const { line } = ledgerLines.csv;
  const query = { tenant: null, key: null, user: null, session: null, sinceMs: 0, after: null };
  const beforeBytes = process.memoryUsage().rss;
  const startedMs = clock.monotonicMs();
  let most = beforeBytes;
  let bytes = 0;
  let longestMs = 0;
  let readMs = startedMs;
  for await (const calls of readCalls(reader, query, pause)) {
    for (const { rows } of calls) for (const row of rows) bytes += line(ledgerRowView(row)).length;
    most = Math.max(most, process.memoryUsage().rss);
    longestMs = Math.max(longestMs, clock.monotonicMs() - readMs);
    await pause();
    readMs = clock.monotonicMs();
  }
  const seconds = (clock.monotonicMs() - startedMs) / 1_000;
  const grown = Math.round((most - beforeBytes) / mebibyte);
  say("export", `${Math.round(bytes / mebibyte)} MiB in ${seconds.toFixed(1)} s, +${grown} MiB`);
  say("longest piece of it", ms(longestMs));
}

async function measureVerification(reader: SqliteReader): Promise<void> {
  const startedMs = clock.monotonicMs();
  const findings = await verifyPart(reader, "open", pause);
  if (findings?.rows !== callCount) throw new Error(`Cannot verify: ${JSON.stringify(findings)}`);
  say("verification", `${((clock.monotonicMs() - startedMs) / 1_000).toFixed(1)} s`);
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const say = (what: string, result: string): void => console.log(`${what.padEnd(20)} ${result}`);

try {
  const startedMs = clock.monotonicMs();
  await fill();
  const seconds = ((clock.monotonicMs() - startedMs) / 1_000).toFixed(0);
  say(
    "filled",
    `${callCount} calls in ${seconds} s, ${Math.round(statSync(path).size / mebibyte)} MiB`,
  );
  using reader = SqliteReader.open(path);
  const rows = (table: string): string =>
    String(reader.get(`SELECT count(*) AS n FROM ${table}`)?.["n"]);
  say("roll-ups", `${rows("rollups")} of minutes, ${rows("hour_rollups")} of hours`);
  measureUsage(reader);
  measureLookUps(reader);
  await measureExport(reader);
  await measureVerification(reader);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
