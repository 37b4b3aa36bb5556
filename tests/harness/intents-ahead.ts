import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { AheadBlock } from "@sekisho/lib/storage/ahead/ahead-block.ts";
import { readAheadFiles } from "@sekisho/lib/storage/ahead/ahead-files.ts";

/**
 * How many intents of a data folder are durable ahead of its database, as this connection sees it.
 * Nothing else goes ahead. To be asked in a transaction that has read before: what the database
 * took later counts as ahead of it.
 */
export function intentsAhead(data: string, database: DatabaseSync): number {
  return intentBlocks(data, database).reduce((sum, { writes }) => sum + writes.length, 0);
}

/** Of all logs, what the database does not have. */
function intentBlocks(data: string, database: DatabaseSync): AheadBlock[] {
  const logs = database.prepare("SELECT name, place FROM ahead_logs").all();
  return logs.flatMap(({ name, place: known }) =>
    readAheadFiles(join(data, "sekisho.db"), String(name)).filter(
      ({ place }) => place > Number(known),
    ),
  );
}
