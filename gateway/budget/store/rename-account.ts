import type { Write } from "@sekisho/lib/storage/writer.ts";

/** Gives what an account has spent, and what was told of it, a name that no account has yet. */
export const renameAccount = (from: string, to: string): Write[] =>
  ["budget_spent", "budget_alerts"].map((table) => ({
    sql: `UPDATE ${table} SET account = ? WHERE account = ?`,
    params: [to, from],
  }));
