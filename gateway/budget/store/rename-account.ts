import type { Write } from "@sekisho/lib/storage/writer.ts";

/** Gives what an account has spent another name, which no account has yet. */
export const renameAccount = (from: string, to: string): Write => ({
  sql: "UPDATE budget_spent SET account = ? WHERE account = ?",
  params: [to, from],
});
