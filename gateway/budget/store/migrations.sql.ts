import type { Migration } from "@sekisho/lib/storage/migration.ts";

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
];
