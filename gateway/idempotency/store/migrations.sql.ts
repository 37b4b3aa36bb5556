import type { Migration } from "@sekisho/lib/storage/migration.ts";

export const idempotencyMigrations: readonly Migration[] = [
  {
    // The primary key is what makes a name stand for one call, in whatever process it begins.
    number: 400,
    name: "claims",
    sql: `
      CREATE TABLE claims (
        tenant TEXT NOT NULL,
        surface TEXT NOT NULL,
        reader TEXT NOT NULL,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        call TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        expires_ms INTEGER NOT NULL,
        PRIMARY KEY (tenant, surface, reader, source, name)
      ) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX claims_call ON claims (call);
      CREATE INDEX claims_expiry ON claims (expires_ms);`,
  },
  {
    // A page of them is read in the process that serves requests.
    number: 401,
    name: "claims_listed",
    sql: `
      CREATE INDEX claims_tenant ON claims (tenant, call);
      CREATE INDEX claims_name ON claims (name, call);`,
  },
];
