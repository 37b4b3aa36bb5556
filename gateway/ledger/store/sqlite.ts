import { RollupKeys } from "./rollup-keys.ts";
import { RollupNames } from "./rollup-names.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { RowChain } from "@sekisho/lib/storage/row-chain.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { IntentRow, Ledger, LedgerRow, OpenIntents, RowGiven } from "../ledger.ts";
import { microseconds } from "../microseconds.ts";
import { storedCall } from "../stored-call.ts";
import { intentOf, storedIntent } from "../stored-intent.ts";

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
const rollupSums = [
  "requests",
  "input",
  "output",
  "cached",
  "reasoning",
  "cost_nano_usd",
  "wasted",
];
const rollupHistograms = ["latency_us", "first_token_us"];

const placeholders = (columns: readonly string[]): string =>
  `(${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;

const intentColumns = ["id", "time_ms", "reserved_nano_usd", "about"];
const intentSql = `INSERT INTO intents ${placeholders(intentColumns)}`;
/** Of one process among several: what was ended (see `gateway/replicas`) adds none any more. */
const ownedIntentSql = `INSERT INTO intents (${intentColumns.join(", ")}, owner) VALUES (?1,
  CASE WHEN EXISTS (SELECT 1 FROM replicas WHERE id = ?5 AND is_ended = 0) THEN ?2 END,
  ?3, ?4, ?5)`;
/** Of one that keeps it in a log, of which nothing is taken once the process was ended. */
const loggedIntentSql = `INSERT INTO intents ${placeholders([...intentColumns, "owner"])}`;
const ownedIntentsSql = "SELECT * FROM intents WHERE owner = ? ORDER BY id LIMIT ?";
const intentEndSql = "DELETE FROM intents WHERE id = ?";
const callRowSql = "(?, ?, ?, ?, ?, x'')";
const callSql = `INSERT INTO calls (id, time_ms, about, user, session, hash) VALUES ${callRowSql}`;
/** Calls of one transaction are chained behind the newest before it, without names of people. */
const callChain: RowChain = {
  values: 3,
  rowSql: callRowSql,
  headSql: "SELECT hash FROM calls ORDER BY place DESC LIMIT 1",
  sealSql: "UPDATE calls SET hash = ? WHERE place = (SELECT max(place) FROM calls)",
};

const rollupColumns = [...rollupKeys, ...rollupSums, ...rollupHistograms];
/** A trigger adds it to the roll-up of its minute and to that of its hour. */
const rollupSql = `INSERT INTO rollup_additions ${placeholders(rollupColumns)}`;

/** Has the call an intent and no terminal row, in whatever process it runs? */
export const isOpenCall = (reader: Reader, id: string): boolean =>
  reader.get("SELECT id FROM intents WHERE id = ?", [id]) !== undefined;

/**
 * The ledger in SQLite tables `intents`, `calls`, `rollups` and `hour_rollups`. The view `ledger`
 * shows the rows that each call has.
 */
export class SqliteLedger implements Ledger {
  readonly #reader: Reader;
  readonly #owner: () => string | null;
  readonly #rollups: RollupKeys;
  readonly #given: RollupKeys;

  /** `owner`: which of several processes writes; null, as by default, where there is one. */
  constructor(reader: Reader, owner: () => string | null = () => null) {
    this.#reader = reader;
    this.#owner = owner;
    const names = new RollupNames();
    this.#rollups = new RollupKeys("rollup", names);
    this.#given = new RollupKeys("given", names);
  }

  intent(row: IntentRow): Write {
    const { id, timeMs, reserved } = row;
    const params = [id, timeMs, reserved.nanoUsd, storedIntent(row)];
    const owner = this.#owner();
    const passing = { key: id, is: "made" } as const;
    if (owner === null) return { sql: intentSql, params, isCertain: true, passing };
    params.push(owner);
    return { sql: ownedIntentSql, params, isCertain: true, aheadSql: loggedIntentSql, passing };
  }

  terminal(rows: readonly LedgerRow[]): Write[] {
    const response = rows.at(-1);
    if (response?.attempt !== 0) throw new Error("The last terminal row is not the response's");
    const { given } = response.subject;
    const written = [callWrite(rows, response), rollupWrite(response, this.#rollups)];
    // What is given the answer of another call has no intent.
    if (given !== undefined) return [...written, givenWrite(response, given, this.#given)];
    return [...written, intentEnd(response.id)];
  }

  openIntents(of?: OpenIntents): IntentRow[] {
    const rows =
      of === undefined
        ? this.#reader.all("SELECT * FROM intents ORDER BY id")
        : this.#reader.all(ownedIntentsSql, [of.owner, of.limit]);
    return rows.map(intentOf);
  }
}

/** A call that ends before the database has heard of it leaves its rows alone. */
const intentEnd = (id: string): Write => ({
  sql: intentEndSql,
  params: [id],
  passing: { key: id, is: "removed" },
});

function callWrite(rows: readonly LedgerRow[], response: LedgerRow): Write {
  const { about, user, session } = storedCall(rows, response.subject);
  const params = [response.id, response.timeMs, about, user, session];
  return { sql: callSql, params, chain: callChain };
}

function rollupWrite(row: LedgerRow, keys: RollupKeys): Write {
  const { usage } = row;
  const { values, text } = keys.of(row.subject, row.timeMs, row.outcome);
  return {
    sql: rollupSql,
    params: [
      ...values,
      1,
      usage.input,
      usage.output,
      usage.cacheRead,
      usage.reasoning,
      row.costNanoUsd,
      row.wastedTokens ?? 0,
      // Nobody was there to see how long a call took whose process died.
      row.outcome === "unknown" ? null : microseconds(row.latencyMs),
      row.firstTokenMs === null ? null : microseconds(row.firstTokenMs),
    ],
    fold: {
      key: text,
      from: values.length,
      samples: values.length + rollupSums.length,
    },
  };
}

const givenKeys = [
  "minute",
  "tenant",
  "team",
  "key",
  "agent",
  "alias",
  "model",
  "provider",
  "region",
  "kind",
];
const givenSums = ["answers", "input", "output", "nano_usd"];
const givenSql = `INSERT INTO given_rollups ${placeholders([...givenKeys, ...givenSums])}
  ON CONFLICT DO UPDATE SET
  ${givenSums.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`;

function givenWrite(row: LedgerRow, given: RowGiven, keys: RollupKeys): Write {
  const { values, text } = keys.of(row.subject, row.timeMs, given.kind);
  return {
    sql: givenSql,
    params: [...values, 1, given.inputTokens, given.outputTokens, given.nanoUsd],
    fold: { key: text, from: values.length },
  };
}
