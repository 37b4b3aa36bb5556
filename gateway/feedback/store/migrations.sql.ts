import type { Migration } from "@sekisho/lib/storage/migration.ts";

/** Steps for feedback: numbers 480 to 489. */
export const feedbackMigrations: readonly Migration[] = [
  {
    number: 480,
    name: "feedback",
    sql: `CREATE TABLE feedback (
      call TEXT NOT NULL,
      author TEXT NOT NULL,
      tenant TEXT NOT NULL,
      session TEXT,
      split TEXT,
      arm TEXT,
      score REAL NOT NULL,
      labels TEXT NOT NULL,
      comment TEXT,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (call, author)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX feedback_of_split ON feedback (split, at_ms);
    CREATE INDEX feedback_age ON feedback (at_ms);
    CREATE INDEX feedback_author ON feedback (tenant, author);
    CREATE INDEX feedback_session ON feedback (tenant, session)`,
  },
];
