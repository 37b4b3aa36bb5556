import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Of the file of kept answers: never that of the money's. */
export const cacheMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "answers",
    sql: `
      CREATE TABLE answers (
        place INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        tenant TEXT NOT NULL,
        alias TEXT NOT NULL,
        key_id TEXT NOT NULL,
        user TEXT,
        session TEXT,
        stored_ms INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        facts TEXT NOT NULL,
        entries BLOB NOT NULL
      ) STRICT;
      CREATE INDEX answers_by_end ON answers (expires_ms);
      CREATE INDEX answers_by_place ON answers (place, bytes);
      CREATE TABLE purges (
        seq INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL
      ) STRICT;`,
  },
  {
    number: 2,
    name: "renewals",
    sql: `
      CREATE TABLE renewals (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        stored_ms INTEGER NOT NULL
      ) STRICT;`,
  },
];
