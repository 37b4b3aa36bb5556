import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import type { SplitState } from "../split-state.ts";
import type { SplitChangeRow, SplitStore } from "../split-store.ts";

const putSql = "INSERT INTO next_splits (name, phase, state) VALUES (?, ?, ?)";
const changedSql = `INSERT INTO split_changes
  (at_ms, split, phase, event, arm, by, request_id, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const latestSql = `SELECT * FROM split_changes WHERE ?1 IS NULL OR split = ?1
  ORDER BY seq DESC LIMIT ?2`;

/** What is in force of splits, in the tables `splits` and `split_changes`. */
export class SqliteSplitStore implements SplitStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  changes(): number {
    const row = this.#reader.get("SELECT max(seq) AS count FROM split_changes");
    return Number(row?.["count"] ?? 0);
  }

  states(): ReadonlyMap<string, SplitState> {
    const rows = this.#reader.all("SELECT name, state FROM splits");
    return new Map(rows.map(({ name, state }) => [String(name), stateOf(state ?? null)]));
  }

  put(state: SplitState, row: SplitChangeRow): readonly Write[] {
    const { atMs, split, phase, event, arm, by, requestId, words } = row;
    return [
      { sql: putSql, params: [split, phase, JSON.stringify(state)] },
      { sql: changedSql, params: [atMs, split, phase, event, arm, by, requestId, words] },
    ];
  }

  latest(split: string | null, limit: number): readonly SplitChangeRow[] {
    return this.#reader.all(latestSql, [split, limit]).map(changeOf);
  }
}

const stateOf = (text: SqlValue): SplitState =>
  // Written by `put` alone, in this shape.
  JSON.parse(String(text)) as SplitState;

const changeOf = (row: Row): SplitChangeRow => ({
  atMs: Number(row["at_ms"]),
  split: String(row["split"]),
  phase: Number(row["phase"]),
  // As `put` wrote it.
  event: String(row["event"]) as SplitChangeRow["event"],
  arm: row["arm"] === null ? null : String(row["arm"]),
  by: String(row["by"]),
  requestId: String(row["request_id"]),
  words: String(row["words"]),
});
