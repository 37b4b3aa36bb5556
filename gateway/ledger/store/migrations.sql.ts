import type { Migration } from "@sekisho/lib/storage/migration.ts";
import { addToRollups, rollupHistograms, rollupSubject } from "./add-to-rollups.ts";
import {
  attemptColumns,
  callColumns,
  chosenColumns,
  givenColumns,
  ledgerViewOf,
  sharedColumns,
  shortenedColumns,
  storedRows,
  wasteColumns,
  wholeRows,
} from "./ledger-view.ts";

const subjectColumns = `
  tenant TEXT NOT NULL,
  team TEXT,
  key TEXT NOT NULL,
  user TEXT,
  session TEXT,
  agent TEXT,
  surface TEXT NOT NULL,
  alias TEXT NOT NULL,
  model TEXT,
  provider TEXT,
  region TEXT`;

const rollupColumns = `tenant TEXT NOT NULL,
      team TEXT NOT NULL,
      key TEXT NOT NULL,
      agent TEXT NOT NULL,
      alias TEXT NOT NULL,
      model TEXT NOT NULL,
      provider TEXT NOT NULL,
      region TEXT NOT NULL,
      outcome TEXT NOT NULL,
      requests INTEGER NOT NULL,
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      cached INTEGER NOT NULL,
      reasoning INTEGER NOT NULL,
      cost_nano_usd INTEGER NOT NULL,
      latency_us BLOB NOT NULL,
      first_token_us BLOB NOT NULL`;

const rollupSums = ["requests", "input", "output", "cached", "reasoning", "cost_nano_usd"];

/** Calls are copied in the order of their ids: how far is in the copy. */
const lastCopied = "coalesce((SELECT id FROM calls ORDER BY place DESC LIMIT 1), '')";

export const ledgerMigrations: readonly Migration[] = [
  {
    // Read only after a crash, so who and what it is about is one document.
    number: 300,
    name: "intents",
    sql: `CREATE TABLE intents (
      id TEXT PRIMARY KEY,
      time_ms INTEGER NOT NULL,
      reserved_nano_usd INTEGER NOT NULL,
      about TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // Ids are UUIDv7: the one b-tree is appended to, serves a look-up by id and a range of time,
    // and refuses a second terminal row.
    number: 301,
    name: "ledger",
    sql: `CREATE TABLE ledger (
      id TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      time_ms INTEGER NOT NULL,
      ${subjectColumns},
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      cache_read INTEGER NOT NULL,
      cache_write_5m INTEGER NOT NULL,
      cache_write_1h INTEGER NOT NULL,
      reasoning INTEGER NOT NULL,
      usage_source TEXT NOT NULL,
      cost_nano_usd INTEGER NOT NULL,
      latency_ms REAL NOT NULL,
      first_token_ms REAL,
      outcome TEXT NOT NULL,
      cause TEXT,
      price_version TEXT,
      PRIMARY KEY (id, attempt)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // Keys of a roll-up are never NULL: NULLs are distinct in SQLite and would not conflict.
    number: 302,
    name: "rollups",
    sql: `CREATE TABLE rollups (
      minute INTEGER NOT NULL,
      ${rollupColumns},
      PRIMARY KEY (minute, ${rollupSubject})
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // A month of hours is 60 times fewer rows than one of minutes. Both come from one insert: a
    // second write per call would cost the process that serves calls what it costs nothing here.
    // Values arrive in the trigger as they were bound, and numbers are bound as REAL.
    number: 303,
    name: "hour_rollups",
    sql: `CREATE TABLE hour_rollups (
      hour INTEGER NOT NULL,
      ${rollupColumns},
      PRIMARY KEY (hour, ${rollupSubject})
    ) STRICT, WITHOUT ROWID;
    INSERT INTO hour_rollups
      SELECT minute / 60 AS hour, ${rollupSubject},
        ${rollupSums.map((name) => `sum(${name})`).join(", ")},
        ${rollupHistograms.map((name) => `histogram_sum(${name})`).join(", ")}
      FROM rollups GROUP BY hour, ${rollupSubject};
    CREATE VIEW rollup_additions AS SELECT * FROM rollups;
    ${addToRollups(rollupSums, ["minute", "hour"])}`,
  },
  {
    // One row for a call instead of one for each attempt and one for the response, which repeat
    // each other: 3 values to bind instead of 36, 5 us less per call. What is asked for all the
    // time stands in the roll-ups; the view is for whoever wants single rows.
    // `about` is written by `sqlite.ts`: what all rows of the call share, then the rows.
    number: 304,
    name: "calls",
    sql: `CREATE TABLE calls (
      id TEXT PRIMARY KEY,
      time_ms INTEGER NOT NULL,
      about TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO calls
      SELECT id, max(time_ms), json_array(
        json_array(${callColumns.join(", ")}),
        json_group_array(json_array(${attemptColumns.join(", ")}))
      ) FROM ledger GROUP BY id;
    DROP TABLE ledger;
    CREATE VIEW ledger AS
      SELECT calls.id, calls.time_ms,
        ${callColumns.map((name, index) => `about ->> '$[0][${index}]' AS ${name}`).join(", ")},
        ${attemptColumns.map((name, index) => `row.value ->> ${index} AS ${name}`).join(", ")}
      FROM calls, json_each(about, '$[1]') AS row`,
  },
  {
    // Calls in the order of their commits, each chained behind the one before it: what is appended
    // by number takes the writer's thread no longer than what is sorted by id, and the hash 1.5 us.
    // Users and sessions stand in columns that the hash does not cover, so that they can be erased.
    number: 305,
    name: "call_chain",
    sql: `DROP VIEW ledger;
    ALTER TABLE calls RENAME TO calls_by_id;
    CREATE TABLE calls (
      place INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      time_ms INTEGER NOT NULL,
      about TEXT NOT NULL,
      user TEXT,
      session TEXT,
      hash BLOB NOT NULL
    ) STRICT;
    CREATE VIEW calls_before AS SELECT * FROM calls_by_id;
    CREATE TRIGGER chain_calls_before INSTEAD OF INSERT ON calls_before BEGIN
      INSERT INTO calls (id, time_ms, about, user, session, hash)
        SELECT NEW.id, NEW.time_ms, without_names, NEW.about ->> '$[0][3]',
          NEW.about ->> '$[0][4]',
          chain_hash((SELECT hash FROM calls ORDER BY place DESC LIMIT 1),
            NEW.id, NEW.time_ms, without_names)
        FROM (SELECT json_remove(NEW.about, '$[0][4]', '$[0][3]') AS without_names);
    END`,
    repeated: {
      whileSql: `SELECT 1 FROM calls_by_id WHERE id > ${lastCopied} LIMIT 1`,
      sql: `INSERT INTO calls_before
        SELECT * FROM calls_by_id WHERE id > ${lastCopied} ORDER BY id LIMIT 2000`,
    },
  },
  {
    number: 309,
    name: "calls_in_order",
    sql: `DROP VIEW calls_before;
    DROP TABLE calls_by_id;
    CREATE VIEW ledger AS
      SELECT calls.id, calls.time_ms, calls.user, calls.session,
        ${sharedColumns.map((name, index) => `about ->> '$[0][${index}]' AS ${name}`).join(", ")},
        ${attemptColumns.map((name, index) => `row.value ->> ${index} AS ${name}`).join(", ")}
      FROM calls, json_each(about, '$[1]') AS row`,
  },
  {
    // Where the chain ended, minute by minute: the place from which on the calls of a time stand,
    // and what calls that are cut off at the end are missed by.
    number: 306,
    name: "ledger_marks",
    sql: `CREATE TABLE ledger_marks (
      at_ms INTEGER PRIMARY KEY,
      place INTEGER NOT NULL,
      hash BLOB NOT NULL
    ) STRICT`,
  },
  {
    // A day that is over, from the call behind the last of the day before to its last: that one's
    // hash, and a hash over all of this and the seal before. It stays when its calls are dropped.
    number: 307,
    name: "ledger_days",
    sql: `CREATE TABLE ledger_days (
      day INTEGER PRIMARY KEY,
      first_place INTEGER NOT NULL,
      last_place INTEGER NOT NULL,
      hash BLOB NOT NULL,
      previous BLOB NOT NULL,
      seal BLOB NOT NULL,
      is_dropped INTEGER NOT NULL DEFAULT 0
    ) STRICT`,
  },
  {
    // A month of a million calls has 50,000 rows of hours, and of days 2,500. Under load many calls
    // are folded into one addition, so that the third sum of it costs next to nothing.
    number: 308,
    name: "day_rollups",
    sql: `CREATE TABLE day_rollups (
      day INTEGER NOT NULL,
      ${rollupColumns},
      PRIMARY KEY (day, ${rollupSubject})
    ) STRICT, WITHOUT ROWID;
    INSERT INTO day_rollups
      SELECT hour / 24 AS day, ${rollupSubject},
        ${rollupSums.map((name) => `sum(${name})`).join(", ")},
        ${rollupHistograms.map((name) => `histogram_sum(${name})`).join(", ")}
      FROM hour_rollups GROUP BY day, ${rollupSubject};
    DROP TRIGGER add_to_rollups;
    ${addToRollups(rollupSums)}`,
  },
  {
    // That days were dropped is chained as their seals are: nobody else marks a day so unseen.
    number: 310,
    name: "ledger_drops",
    sql: `CREATE TABLE ledger_drops (
      seq INTEGER PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      day INTEGER NOT NULL,
      last_place INTEGER NOT NULL,
      previous BLOB NOT NULL,
      hash BLOB NOT NULL
    ) STRICT;
    INSERT INTO ledger_drops (seq, at_ms, day, last_place, previous, hash)
      SELECT 1, 0, day, last_place, zeroblob(32), chain_hash(NULL, 0, day, last_place)
      FROM ledger_days WHERE is_dropped = 1 ORDER BY day DESC LIMIT 1`,
  },
  {
    // Names that are being erased, until they are: a crash in the midst leaves the order here.
    number: 311,
    name: "erasures",
    sql: `CREATE TABLE erasures (
      pseudonym TEXT PRIMARY KEY,
      tenant TEXT NOT NULL,
      user TEXT,
      session TEXT,
      sessions TEXT NOT NULL,
      place INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // Which of several processes has a call under way; NULL where one has the file for itself.
    number: 320,
    name: "intent_owners",
    sql: "ALTER TABLE intents ADD COLUMN owner TEXT",
  },
  {
    // Behind what calls without a choice share, which is stored as it was before.
    number: 330,
    name: "ledger_choice",
    sql: ledgerViewOf(chosenColumns),
  },
  {
    // Behind the choice, of calls whose conversation was shortened; NULL for all others.
    number: 340,
    name: "ledger_left_out_messages",
    sql: ledgerViewOf(shortenedColumns),
  },
  {
    // Behind the messages, of calls that were given the answer of another one; NULL for all others.
    number: 350,
    name: "ledger_given",
    sql: ledgerViewOf(shortenedColumns, givenColumns),
  },
  {
    // Answers that were given again, by the minute: calls that ask a model cost no write more.
    number: 351,
    name: "given_rollups",
    sql: `CREATE TABLE given_rollups (
      minute INTEGER NOT NULL,
      tenant TEXT NOT NULL,
      team TEXT NOT NULL,
      key TEXT NOT NULL,
      agent TEXT NOT NULL,
      alias TEXT NOT NULL,
      model TEXT NOT NULL,
      provider TEXT NOT NULL,
      region TEXT NOT NULL,
      kind TEXT NOT NULL,
      answers INTEGER NOT NULL,
      input INTEGER NOT NULL,
      output INTEGER NOT NULL,
      nano_usd INTEGER NOT NULL,
      PRIMARY KEY (minute, tenant, team, key, agent, alias, model, provider, region, kind)
    ) STRICT, WITHOUT ROWID`,
  },
  {
    // Which of several processes is at it; NULL where one has the file for itself.
    number: 360,
    name: "erasure_owners",
    sql: "ALTER TABLE erasures ADD COLUMN owner TEXT",
  },
  {
    // Of rows that were written before: NULL, since nobody has kept it.
    number: 370,
    name: "ledger_wasted",
    sql: ledgerViewOf(shortenedColumns, givenColumns, { ...storedRows, ofRow: wasteColumns }),
  },
  {
    // The view names its columns anew: SQLite has no other way to give it one more.
    number: 371,
    name: "wasted_rollups",
    sql: `DROP TRIGGER add_to_rollups;
    DROP VIEW rollup_additions;
    ${["rollups", "hour_rollups", "day_rollups"]
      .map((table) => `ALTER TABLE ${table} ADD COLUMN wasted INTEGER NOT NULL DEFAULT 0;`)
      .join("\n    ")}
    CREATE VIEW rollup_additions AS SELECT * FROM rollups;
    ${addToRollups([...rollupSums, "wasted"])}`,
  },
  {
    // From here on the calls of one transaction share a hash. Tables stay as they are; programs
    // that know one hash for each call would say that these are tampered with.
    number: 372,
    name: "calls_chained_together",
    sql: "SELECT 1",
  },
  {
    // An attempt that says what its response says, but for its times, is stored as those alone: a
    // third of the bytes of most calls. Those of before stay as they are.
    number: 373,
    name: "ledger_brief_attempts",
    sql: ledgerViewOf(shortenedColumns, givenColumns, { ofRow: wasteColumns, rows: wholeRows }),
  },
];
