import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { readAheadFiles } from "@sekisho/lib/storage/ahead-files.ts";

/**
 * How many intents of a data folder are durable ahead of its database, as this connection sees it.
 * Nothing else goes ahead. To be asked in a transaction that has read before: what the database
 * took later counts as ahead of it.
 */
export function intentsAhead(data: string, database: DatabaseSync): number {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ahead_mark'").get();
  if (isThere === undefined) return 0;
  const mark = Number(database.prepare("SELECT place FROM ahead_mark").get()?.["place"]);
  return readAheadFiles(join(data, "sekisho.db"))
    .filter(({ place }) => place > mark)
    .reduce((sum, { writes }) => sum + writes.length, 0);
}
