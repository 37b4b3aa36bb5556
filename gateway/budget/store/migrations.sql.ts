import type { Migration } from "@sekisho/lib/storage/migration.ts";

const amounts = ["nano_usd", "input_tokens", "output_tokens"] as const;

/** What an ask leaves of a measure, below 0 where it is too much; NULL without a limit. */
const leftOf = (name: (typeof amounts)[number]): string => `NEW.most_${name} - NEW.${name}
        - coalesce((SELECT spent_${name} FROM budget_spent WHERE account = NEW.account
          AND window_start_ms = NEW.window_start_ms), 0)
        - coalesce((SELECT sum(max(0, granted_${name} - used_${name})) FROM budget_slices
          WHERE account = NEW.account AND window_start_ms = NEW.window_start_ms), 0)`;

const columnsOf = (prefix: string): string => amounts.map((name) => prefix + name).join(", ");

const grantedSums = amounts
  .map((name) => `granted_${name} = granted_${name} + excluded.granted_${name}`)
  .join(", ");

export const budgetMigrations: readonly Migration[] = [
  {
    number: 200,
    name: "budget_spent",
    sql: `CREATE TABLE budget_spent (
      account TEXT NOT NULL,
      window_start_ms INTEGER NOT NULL,
      spent_nano_usd INTEGER NOT NULL,
      PRIMARY KEY (account, window_start_ms)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    number: 201,
    name: "budget_spent_tokens",
    sql: `ALTER TABLE budget_spent ADD COLUMN spent_input_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE budget_spent ADD COLUMN spent_output_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE budget_spent ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0;
    UPDATE budget_spent SET last_ms = window_start_ms`,
  },
  {
    // What processes that share the file hold of what is left of an account: all that is granted
    // and not used counts as held. An ask that would take more than is left fails as a whole.
    number: 210,
    name: "budget_slices",
    sql: `CREATE TABLE budget_slices (
      account TEXT NOT NULL,
      window_start_ms INTEGER NOT NULL,
      owner TEXT NOT NULL,
      slice INTEGER NOT NULL,
      ${amounts.map((name) => `granted_${name} INTEGER NOT NULL`).join(", ")},
      ${amounts.map((name) => `used_${name} INTEGER NOT NULL DEFAULT 0`).join(", ")},
      ${amounts.map((name) => `idle_${name} INTEGER NOT NULL DEFAULT 0`).join(", ")},
      PRIMARY KEY (account, window_start_ms, owner, slice)
    ) STRICT, WITHOUT ROWID;
    CREATE VIEW budget_asks AS SELECT account, window_start_ms, owner, slice,
      ${amounts.map((name) => `0 AS most_${name}`).join(", ")},
      ${amounts.map((name) => `0 AS ${name}`).join(", ")} FROM budget_slices;
    CREATE TRIGGER grant_ask INSTEAD OF INSERT ON budget_asks BEGIN
      ${amounts
        .map(
          (name) => `SELECT RAISE(ABORT, 'the budget has not so much left')
        WHERE NEW.${name} > 0 AND ${leftOf(name)} < 0;`,
        )
        .join("\n      ")}
      INSERT INTO budget_slices (account, window_start_ms, owner, slice, ${columnsOf("granted_")})
        VALUES (NEW.account, NEW.window_start_ms, NEW.owner, NEW.slice, ${columnsOf("NEW.")})
        ON CONFLICT DO UPDATE SET ${grantedSums};
    END`,
  },
  {
    // Each alert of a limit is told by one process: the first to add its row.
    number: 211,
    name: "budget_told",
    sql: `CREATE TABLE budget_told (
      account TEXT NOT NULL,
      window_start_ms INTEGER NOT NULL,
      measure TEXT NOT NULL,
      share REAL NOT NULL,
      most INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (account, window_start_ms, measure, share, most)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // What was told is kept as an event. `cause` is the share that was passed, or the code of the
    // refusal: each tells once. Rows of before have no id: they say no more than that it was told.
    number: 212,
    name: "budget_alerts",
    sql: `CREATE TABLE budget_alerts (
      place INTEGER PRIMARY KEY,
      account TEXT NOT NULL,
      window_start_ms INTEGER NOT NULL,
      measure TEXT NOT NULL,
      cause TEXT NOT NULL,
      most INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      id TEXT,
      tenant TEXT,
      scope TEXT,
      window TEXT,
      share REAL,
      used INTEGER,
      code TEXT,
      UNIQUE (account, window_start_ms, measure, cause, most)
    ) STRICT;
    INSERT INTO budget_alerts (account, window_start_ms, measure, cause, most, at_ms)
      SELECT account, window_start_ms, measure, printf('%.15g', share), most, at_ms
      FROM budget_told;
    DROP TABLE budget_told;
    CREATE INDEX budget_alerts_by_time ON budget_alerts (at_ms);
    CREATE INDEX budget_alerts_of_tenants ON budget_alerts (tenant, at_ms);
    CREATE INDEX budget_alerts_of_scopes ON budget_alerts (scope, at_ms);
    CREATE INDEX budget_alerts_of_both ON budget_alerts (tenant, scope, at_ms)`,
  },
  {
    // Rows of before there were events are in no list: a view of all that is read each second would
    // pass over each of them, 200,000 of them in 150 ms.
    number: 213,
    name: "budget_events_by_time",
    sql: `DROP INDEX budget_alerts_by_time;
    CREATE INDEX budget_events_by_time ON budget_alerts (at_ms) WHERE id IS NOT NULL`,
  },
];
