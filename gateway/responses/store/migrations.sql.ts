import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Of the files of streams, one for each hour: never those of the money's. */
export const streamMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "streams",
    sql: `
      CREATE TABLE streams (
        id TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        tenant TEXT NOT NULL,
        surface TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        facts TEXT NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 0,
        ended_ms INTEGER,
        ending TEXT
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX streams_running ON streams (id) WHERE ended_ms IS NULL;
      CREATE TABLE chunks (
        stream TEXT NOT NULL,
        first_seq INTEGER NOT NULL,
        next_seq INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        entries BLOB NOT NULL,
        PRIMARY KEY (stream, first_seq)
      ) STRICT;`,
  },
  {
    // Whose they are: an answer goes with the name of whoever asked for it (SEC-16).
    number: 2,
    name: "owners",
    sql: `
      ALTER TABLE streams ADD COLUMN user TEXT;
      ALTER TABLE streams ADD COLUMN session TEXT;`,
  },
];
