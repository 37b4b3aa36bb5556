import type { DatabaseSync } from "node:sqlite";
import type { AheadBlock } from "./ahead-block.ts";
import { createAheadMark, markedWrites } from "./ahead-log.ts";
import { readAheadFiles } from "./ahead-files.ts";
import type { Transactions } from "./batch-executor.ts";
import { FileTransactions } from "./file-transactions.ts";
import { openForWriting } from "./open-database.ts";

/** What became of the blocks that a process has left. */
export interface RecoveredAhead {
  /** How far the database is now. */
  readonly place: number;
  /** How many writes it did not take. */
  readonly lostWrites: number;
}

/**
 * Gives the database the blocks that it does not have, in one transaction that survives a power
 * cut. What was applied before is not applied again, however often this is called.
 */
export function recoverAhead(
  database: DatabaseSync,
  transactions: Transactions,
  blocks: readonly AheadBlock[],
): RecoveredAhead {
  const known = markOf(database);
  if (known !== null && blocks.every(({ place }) => place <= known)) {
    return { place: known, lostWrites: 0 };
  }
  transactions.begin("power");
  try {
    database.exec(createAheadMark);
    let place = markOf(database) ?? 0;
    let lostWrites = 0;
    for (const block of blocks.toSorted((a, b) => a.place - b.place)) {
      if (block.place <= place) continue;
      place = block.place;
      if (!apply(database, block)) lostWrites += block.writes.length;
    }
    transactions.commit();
    return { place, lostWrites };
  } catch (error) {
    transactions.rollback();
    throw error;
  }
}

/** `recoverAhead` with the files beside a database, which the process before this one has left. */
export function recoverAheadFiles(path: string): RecoveredAhead {
  const database = openForWriting(path);
  try {
    return recoverAhead(database, new FileTransactions(database), readAheadFiles(path));
  } finally {
    database.close();
  }
}

/** How far the database is; null where nothing went ahead of it yet. */
function markOf(database: DatabaseSync): number | null {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'ahead_mark'").get();
  if (isThere === undefined) return null;
  return Number(database.prepare("SELECT place FROM ahead_mark").get()?.["place"]);
}

/** False where the database refuses one of its writes: none is applied then. */
function apply(database: DatabaseSync, block: AheadBlock): boolean {
  database.exec("SAVEPOINT block");
  try {
    for (const { sql, params } of markedWrites(block)) database.prepare(sql).run(...params);
    database.exec("RELEASE block");
    return true;
  } catch (error) {
    // Disk full: nothing of the transaction is left, and the blocks stay where they are.
    if (!database.isTransaction) throw error;
    database.exec("ROLLBACK TO block; RELEASE block");
    return false;
  }
}
