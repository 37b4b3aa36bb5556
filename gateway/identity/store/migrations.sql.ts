import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Identity's steps in the database file: numbers 100 to 199. */
export const identityMigrations: readonly Migration[] = [
  {
    number: 100,
    name: "keys",
    sql: `CREATE TABLE keys (
      id TEXT PRIMARY KEY,
      tenant TEXT NOT NULL,
      team TEXT,
      role TEXT NOT NULL CHECK (role IN ('client', 'admin')),
      models TEXT NOT NULL,
      surfaces TEXT NOT NULL,
      name TEXT NOT NULL,
      origin TEXT NOT NULL CHECK (origin IN ('first-run', 'admin')),
      hmac BLOB NOT NULL CHECK (length(hmac) = 32),
      pepper INTEGER NOT NULL,
      previous_hmac BLOB CHECK (length(previous_hmac) = 32),
      previous_pepper INTEGER,
      previous_until_ms INTEGER,
      created_ms INTEGER NOT NULL,
      rotated_ms INTEGER,
      revoked_ms INTEGER
    ) STRICT`,
  },
  {
    number: 101,
    name: "AWS-style pairs of keys",
    sql: `ALTER TABLE keys ADD COLUMN access_key_id TEXT;
      ALTER TABLE keys ADD COLUMN pair_salt BLOB
        CHECK (length(pair_salt) = 32)
        CHECK ((pair_salt IS NULL) = (access_key_id IS NULL));
      ALTER TABLE keys ADD COLUMN previous_access_key_id TEXT;
      ALTER TABLE keys ADD COLUMN previous_pair_salt BLOB
        CHECK (length(previous_pair_salt) = 32)
        CHECK ((previous_pair_salt IS NULL) = (previous_access_key_id IS NULL));
      CREATE UNIQUE INDEX keys_by_access_key_id ON keys (access_key_id)
        WHERE access_key_id IS NOT NULL`,
  },
  {
    number: 102,
    name: "criticality of keys",
    sql: `ALTER TABLE keys ADD COLUMN criticality TEXT NOT NULL DEFAULT 'critical'
      CHECK (criticality IN ('critical+', 'critical', 'sheddable+', 'sheddable'))`,
  },
  {
    number: 103,
    name: "request budget of keys",
    sql: "ALTER TABLE keys ADD COLUMN request_budget TEXT",
  },
  {
    number: 104,
    name: "roles of admin keys: who had one could do everything",
    sql: `ALTER TABLE keys ADD COLUMN grade TEXT NOT NULL DEFAULT 'client'
        CHECK (grade IN ('client', 'owner', 'admin', 'developer', 'viewer'));
      UPDATE keys SET grade = 'owner' WHERE role = 'admin';
      ALTER TABLE keys DROP COLUMN role;
      ALTER TABLE keys RENAME COLUMN grade TO role`,
  },
  {
    number: 105,
    name: "where and how long keys are good",
    sql: `ALTER TABLE keys ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE keys ADD COLUMN expires_ms INTEGER`,
  },
  {
    number: 106,
    name: "pages that may use keys",
    sql: "ALTER TABLE keys ADD COLUMN origins TEXT NOT NULL DEFAULT '[]'",
  },
  {
    number: 107,
    name: "when keys were used last",
    sql: "ALTER TABLE keys ADD COLUMN last_used_ms INTEGER",
  },
  {
    number: 108,
    name: "how long answers of keys run on without a reader",
    sql: `ALTER TABLE keys ADD COLUMN stream_grace_ms INTEGER
      CHECK (stream_grace_ms BETWEEN 0 AND 3600000)`,
  },
  {
    number: 109,
    name: "which status refusals by budgets have",
    sql: `ALTER TABLE keys ADD COLUMN budget_status INTEGER NOT NULL DEFAULT 402
      CHECK (budget_status IN (402, 429))`,
  },
  {
    number: 110,
    name: "what calls of keys are marked with",
    sql: "ALTER TABLE keys ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
  },
  {
    // Counts what changes in keys, uses left out: other processes look at it, and read them again.
    number: 140,
    name: "key_changes",
    sql: `CREATE TABLE key_changes (
      one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL
    ) STRICT;
    INSERT INTO key_changes VALUES (1, 0);
    ${[
      "INSERT",
      "UPDATE OF hmac, rotated_ms, revoked_ms, previous_until_ms, addresses, origins, expires_ms",
    ]
      .map(
        (change, index) => `CREATE TRIGGER count_keys_${index} AFTER ${change} ON keys BEGIN
      UPDATE key_changes SET count = count + 1;
    END;`,
      )
      .join("\n    ")}`,
  },
];
