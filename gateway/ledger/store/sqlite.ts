import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import { histogramBytesOf } from "@sekisho/lib/telemetry/histogram-bytes.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { IntentRow, Ledger, LedgerRow, RowSubject } from "../ledger.ts";

const subjectColumns = [
  "tenant",
  "team",
  "key",
  "user",
  "session",
  "agent",
  "surface",
  "alias",
  "model",
  "provider",
  "region",
] as const satisfies readonly (keyof RowSubject)[];

const intentColumns = ["id", "time_ms", ...subjectColumns, "reserved_nano_usd", "accounts"];

const ledgerColumns = [
  "id",
  "attempt",
  "time_ms",
  ...subjectColumns,
  "input",
  "output",
  "cache_read",
  "cache_write_5m",
  "cache_write_1h",
  "reasoning",
  "usage_source",
  "cost_nano_usd",
  "latency_ms",
  "first_token_ms",
  "outcome",
  "cause",
  "price_version",
];

const rollupKeys = [
  "minute",
  "tenant",
  "team",
  "key",
  "agent",
  "alias",
  "model",
  "provider",
  "region",
  "outcome",
];
const rollupSums = ["requests", "input", "output", "cached", "reasoning", "cost_nano_usd"];
const rollupHistograms = ["latency_us", "first_token_us"];

const placeholders = (columns: readonly string[]): string =>
  `(${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;

const intentSql = `INSERT INTO intents ${placeholders(intentColumns)}`;
const intentEndSql = "DELETE FROM intents WHERE id = ?";
const ledgerSql = `INSERT INTO ledger ${placeholders(ledgerColumns)}`;
const rollupSql = `INSERT INTO rollups ${placeholders([...rollupKeys, ...rollupSums, ...rollupHistograms])}
  ON CONFLICT DO UPDATE SET ${[
    ...rollupSums.map((name) => `${name} = ${name} + excluded.${name}`),
    ...rollupHistograms.map((name) => `${name} = histogram_merge(${name}, excluded.${name})`),
  ].join(", ")}`;

/** The ledger in SQLite tables `intents`, `ledger` and `rollups`. */
export class SqliteLedger implements Ledger {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  intent(row: IntentRow): Write {
    return {
      sql: intentSql,
      params: [
        row.id,
        row.timeMs,
        ...subjectParams(row.subject),
        row.reservedNanoUsd,
        accountsText(row.accounts),
      ],
    };
  }

  terminal(rows: readonly LedgerRow[]): Write[] {
    const writes: Write[] = [];
    for (const row of rows) {
      writes.push(rowWrite(row));
      if (row.attempt !== 0) continue;
      writes.push(rollupWrite(row), { sql: intentEndSql, params: [row.id] });
    }
    return writes;
  }

  openIntents(): IntentRow[] {
    return this.#reader.all("SELECT * FROM intents ORDER BY id").map(toIntent);
  }
}

const accountsText = (accounts: IntentRow["accounts"]): string =>
  accounts.length === 0
    ? "[]"
    : JSON.stringify(
        accounts.map(({ account, windowStartMs }) => ({ account, windowStartMs })),
      );

const subjectParams = (subject: RowSubject): SqlValue[] =>
  subjectColumns.map((column) => subject[column]);

function rowWrite(row: LedgerRow): Write {
  const { usage } = row;
  return {
    sql: ledgerSql,
    params: [
      row.id,
      row.attempt,
      row.timeMs,
      ...subjectParams(row.subject),
      usage.input,
      usage.output,
      usage.cacheRead,
      usage.cacheWrite5m,
      usage.cacheWrite1h,
      usage.reasoning,
      row.usageSource,
      row.costNanoUsd,
      row.latencyMs,
      row.firstTokenMs,
      row.outcome,
      row.cause,
      row.priceVersion,
    ],
  };
}

const minuteMs = 60_000;
const noValueBytes = new Histogram().toBytes();
const microseconds = (ms: number): number => Math.round(ms * 1_000);

function rollupWrite(row: LedgerRow): Write {
  const { subject, usage } = row;
  const key = [
    Math.floor(row.timeMs / minuteMs),
    subject.tenant,
    subject.team ?? "",
    subject.key,
    subject.agent ?? "",
    subject.alias,
    subject.model ?? "",
    subject.provider ?? "",
    subject.region ?? "",
    row.outcome,
  ];
  return {
    sql: rollupSql,
    params: [
      ...key,
      1,
      usage.input,
      usage.output,
      usage.cacheRead,
      usage.reasoning,
      row.costNanoUsd,
      histogramBytesOf(microseconds(row.latencyMs)),
      row.firstTokenMs === null ? noValueBytes : histogramBytesOf(microseconds(row.firstTokenMs)),
    ],
    fold: { key: `rollup:${key.join("\u0000")}`, from: key.length },
  };
}

const textOrNull = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function toIntent(row: Row): IntentRow {
  return {
    id: String(row["id"]),
    timeMs: Number(row["time_ms"]),
    subject: {
      tenant: String(row["tenant"]),
      team: textOrNull(row["team"]),
      key: String(row["key"]),
      user: textOrNull(row["user"]),
      session: textOrNull(row["session"]),
      agent: textOrNull(row["agent"]),
      surface: String(row["surface"]),
      alias: String(row["alias"]),
      model: textOrNull(row["model"]),
      provider: textOrNull(row["provider"]),
      region: textOrNull(row["region"]),
    },
    reservedNanoUsd: Number(row["reserved_nano_usd"]),
    // Written by this file alone, in this shape.
    accounts: JSON.parse(String(row["accounts"])) as IntentRow["accounts"],
  };
}
