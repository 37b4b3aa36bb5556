import type { Migration } from "@sekisho/lib/storage/migration.ts";

const sums = ["requests", "input", "output", "cost_nano_usd"];
const histograms = ["latency_us", "first_token_us"];
const columns = `split TEXT NOT NULL,
      arm TEXT NOT NULL,
      class TEXT NOT NULL,
      ${sums.map((name) => `${name} INTEGER NOT NULL`).join(",\n      ")},
      ${histograms.map((name) => `${name} BLOB NOT NULL`).join(",\n      ")}`;

/** Adds the row `NEW` of the trigger to the figures of its time. */
const addTo = (table: string, time: readonly [column: string, value: string] | null): string => {
  const names = [...(time === null ? [] : [time[0]]), "split", "arm", "class"];
  const values = [...(time === null ? [] : [time[1]]), "NEW.split", "NEW.arm", "NEW.class"];
  const all = [...sums, ...histograms];
  return `INSERT INTO ${table} (${[...names, ...all].join(", ")})
    VALUES (${[...values, ...all.map((name) => `NEW.${name}`)].join(", ")})
    ON CONFLICT DO UPDATE SET ${[
      ...sums.map((name) => `${name} = ${name} + excluded.${name}`),
      ...histograms.map((name) => `${name} = histogram_merge(${name}, excluded.${name})`),
    ].join(", ")};`;
};

const addCount = (table: string, time: readonly [column: string, value: string] | null): string => {
  const [column, value] = time ?? ["", ""];
  const [name, of] = time === null ? ["", ""] : [`${column}, `, `${value}, `];
  return `INSERT INTO ${table} (${name}split, phase, arm, answered, failed)
    SELECT ${of}NEW.split, CAST(NEW.phase AS INTEGER), NEW.arm,
      CAST(NEW.answered AS INTEGER), CAST(NEW.failed AS INTEGER)
      WHERE NEW.answered + NEW.failed > 0
    ON CONFLICT DO UPDATE SET answered = answered + excluded.answered,
      failed = failed + excluded.failed;`;
};

const second = "CAST(NEW.second AS INTEGER)";

/** Steps for splits: numbers 450 to 479. */
export const splitMigrations: readonly Migration[] = [
  {
    // What is in force of a split is one document, which is read whole and replaced whole: one that
    // was made of another than the one that is in force breaks the transaction.
    number: 450,
    name: "splits",
    sql: `CREATE TABLE splits (
      name TEXT PRIMARY KEY,
      phase INTEGER NOT NULL,
      state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE split_changes (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      split TEXT NOT NULL,
      phase INTEGER NOT NULL,
      event TEXT NOT NULL,
      arm TEXT,
      by TEXT NOT NULL,
      request_id TEXT NOT NULL,
      words TEXT NOT NULL
    ) STRICT;
    CREATE INDEX split_changes_of ON split_changes (split, seq);
    CREATE VIEW next_splits AS SELECT name, phase, state FROM splits;
    CREATE TRIGGER change_split INSTEAD OF INSERT ON next_splits BEGIN
      SELECT RAISE(ABORT, 'the split has changed') WHERE NEW.phase <> 1 + coalesce(
        (SELECT phase FROM splits WHERE name = NEW.name), 0);
      INSERT OR REPLACE INTO splits VALUES (NEW.name, CAST(NEW.phase AS INTEGER), NEW.state);
      DELETE FROM arm_phases WHERE split = NEW.name AND phase < NEW.phase - 20;
      DELETE FROM split_changes WHERE split = NEW.name AND seq <= (SELECT seq FROM split_changes
        WHERE split = NEW.name ORDER BY seq DESC LIMIT 1 OFFSET 199);
    END;
    CREATE TABLE arm_phases (
      split TEXT NOT NULL,
      phase INTEGER NOT NULL,
      arm TEXT NOT NULL,
      answered INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      PRIMARY KEY (split, phase, arm)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // Seconds and phases are what arms are judged by: two counts. All else is for people, by the
    // minute, the hour and in all.
    number: 451,
    name: "arm_figures",
    sql: `CREATE TABLE arm_seconds (
      split TEXT NOT NULL,
      phase INTEGER NOT NULL,
      second INTEGER NOT NULL,
      arm TEXT NOT NULL,
      answered INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      PRIMARY KEY (split, phase, second, arm)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX arm_seconds_age ON arm_seconds (second);
    CREATE TABLE arm_minutes (
      minute INTEGER NOT NULL,
      ${columns},
      PRIMARY KEY (minute, split, arm, class)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE arm_hours (
      hour INTEGER NOT NULL,
      ${columns},
      PRIMARY KEY (hour, split, arm, class)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE arm_totals (
      ${columns},
      PRIMARY KEY (split, arm, class)
    ) STRICT, WITHOUT ROWID;
    CREATE VIEW arm_additions AS SELECT 0 AS second, split, 0 AS phase, arm, class,
      ${sums.join(", ")}, 0 AS answered, 0 AS failed, ${histograms.join(", ")} FROM arm_totals;
    CREATE TRIGGER add_to_arms INSTEAD OF INSERT ON arm_additions BEGIN
      ${addCount("arm_seconds", ["second", second])}
      ${addCount("arm_phases", null)}
      ${addTo("arm_minutes", ["minute", `${second} / 60`])}
      ${addTo("arm_hours", ["hour", `${second} / 3600`])}
      ${addTo("arm_totals", null)}
    END`,
  },
];
