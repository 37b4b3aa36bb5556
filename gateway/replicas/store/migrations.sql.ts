import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Steps for the processes that share the file: numbers 250 to 299. */
export const replicaMigrations: readonly Migration[] = [
  {
    // What must not change anything unless a member is as it was seen goes through the view.
    number: 250,
    name: "replicas",
    sql: `CREATE TABLE replicas (
      place INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      beat INTEGER NOT NULL,
      is_ended INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE VIEW replica_ends AS SELECT id, beat FROM replicas;
    CREATE TRIGGER end_replica INSTEAD OF INSERT ON replica_ends BEGIN
      SELECT RAISE(ABORT, 'the replica lives') WHERE NOT EXISTS (
        SELECT 1 FROM replicas WHERE id = NEW.id AND beat = NEW.beat AND is_ended = 0);
      UPDATE replicas SET is_ended = 1 WHERE id = NEW.id;
    END`,
  },
];
