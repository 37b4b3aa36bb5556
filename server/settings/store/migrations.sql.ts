import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Steps for run-time settings: numbers 900 to 949. */
export const settingsMigrations: readonly Migration[] = [
  {
    number: 900,
    name: "settings",
    sql: `CREATE TABLE settings (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      path TEXT NOT NULL UNIQUE,
      change TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      by TEXT NOT NULL
    ) STRICT`,
  },
];
