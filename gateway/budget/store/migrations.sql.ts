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
  {
    number: 201,
    name: "budget_spent_tokens",
    sql: `ALTER TABLE budget_spent ADD COLUMN spent_input_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE budget_spent ADD COLUMN spent_output_tokens INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE budget_spent ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0;
    UPDATE budget_spent SET last_ms = window_start_ms`,
  },
];
