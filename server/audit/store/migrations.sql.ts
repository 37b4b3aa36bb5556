import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Steps for the audit log: numbers 950 to 999. */
export const auditMigrations: readonly Migration[] = [
  {
    // The chain is made where transactions are ordered: by a trigger, in the writer's thread. The
    // head stands apart so that rows which are cut off at the end are missed; after somebody has
    // taken it away or added rows by hand, changes must still find a place.
    number: 950,
    name: "audit",
    sql: `CREATE TABLE audit (
      place INTEGER PRIMARY KEY,
      writer TEXT NOT NULL,
      seq INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      event TEXT NOT NULL,
      object TEXT NOT NULL,
      by TEXT NOT NULL,
      request_id TEXT NOT NULL,
      previous BLOB NOT NULL,
      hash BLOB NOT NULL,
      UNIQUE (writer, seq)
    ) STRICT;
    CREATE INDEX audit_of_request ON audit (request_id);
    CREATE TABLE audit_heads (
      writer TEXT PRIMARY KEY,
      seq INTEGER NOT NULL,
      hash BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE VIEW audit_additions AS
      SELECT writer, at_ms, event, object, by, request_id FROM audit;
    CREATE TRIGGER chain_audit INSTEAD OF INSERT ON audit_additions BEGIN
      INSERT INTO audit (writer, seq, at_ms, event, object, by, request_id, previous, hash)
        SELECT NEW.writer, 1 + max(coalesce(head.seq, 0), coalesce(last.seq, 0)),
          CAST(NEW.at_ms AS INTEGER), NEW.event, NEW.object, NEW.by, NEW.request_id,
          coalesce(head.hash, last.hash, zeroblob(32)),
          chain_hash(coalesce(head.hash, last.hash), NEW.writer, NEW.at_ms, NEW.event,
            NEW.object, NEW.by, NEW.request_id)
        FROM (SELECT 1)
          LEFT JOIN audit_heads AS head ON head.writer = NEW.writer
          LEFT JOIN (SELECT seq, hash FROM audit WHERE writer = NEW.writer
            ORDER BY seq DESC LIMIT 1) AS last;
      INSERT OR REPLACE INTO audit_heads
        SELECT writer, seq, hash FROM audit WHERE place = last_insert_rowid();
    END`,
  },
  {
    // A row without details has the hash that it had before there were any.
    number: 960,
    name: "audit_details",
    sql: `ALTER TABLE audit ADD COLUMN details TEXT;
    DROP TRIGGER chain_audit;
    DROP VIEW audit_additions;
    CREATE VIEW audit_additions AS
      SELECT writer, at_ms, event, object, by, request_id, details FROM audit;
    CREATE TRIGGER chain_audit INSTEAD OF INSERT ON audit_additions BEGIN
      INSERT INTO audit (writer, seq, at_ms, event, object, by, request_id, details, previous, hash)
        SELECT NEW.writer, 1 + max(coalesce(head.seq, 0), coalesce(last.seq, 0)),
          CAST(NEW.at_ms AS INTEGER), NEW.event, NEW.object, NEW.by, NEW.request_id, NEW.details,
          coalesce(head.hash, last.hash, zeroblob(32)),
          CASE WHEN NEW.details IS NULL THEN
            chain_hash(coalesce(head.hash, last.hash), NEW.writer, NEW.at_ms, NEW.event,
              NEW.object, NEW.by, NEW.request_id)
          ELSE
            chain_hash(coalesce(head.hash, last.hash), NEW.writer, NEW.at_ms, NEW.event,
              NEW.object, NEW.by, NEW.request_id, NEW.details)
          END
        FROM (SELECT 1)
          LEFT JOIN audit_heads AS head ON head.writer = NEW.writer
          LEFT JOIN (SELECT seq, hash FROM audit WHERE writer = NEW.writer
            ORDER BY seq DESC LIMIT 1) AS last;
      INSERT OR REPLACE INTO audit_heads
        SELECT writer, seq, hash FROM audit WHERE place = last_insert_rowid();
    END`,
  },
];
