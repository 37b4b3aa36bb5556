import type { Migration } from "@sekisho/lib/storage/migration.ts";

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
      tenant TEXT NOT NULL,
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
      first_token_us BLOB NOT NULL,
      PRIMARY KEY (minute, tenant, team, key, agent, alias, model, provider, region, outcome)
    ) STRICT, WITHOUT ROWID`,
  },
];
