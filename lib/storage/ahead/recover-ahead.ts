import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Transactions } from "../commits/batch-executor.ts";
import { FileTransactions } from "../commits/file-transactions.ts";
import { openForWriting } from "../database/open-database.ts";
import { isRefusal } from "../storage-failure.ts";
import { decodeBlocks, type AheadBlock } from "./ahead-block.ts";
import { aheadPrefix, bytesOf, removeSeizedFiles, seizeAheadFiles } from "./ahead-files.ts";

/** A log and what another process may have kept in it. */
export interface LeftLog {
  readonly name: string;
  /** From here on its process keeps nothing in it. May be called again. */
  seize(): readonly AheadBlock[];
  /** Nobody needs it any more. */
  remove(): void;
}

/** Who takes logs over. */
export interface Heir {
  readonly database: DatabaseSync;
  readonly transactions: Transactions;
  /** Called at every point where a crash would leave another state behind. */
  readonly step: () => void;
}

/** The log of this name beside a database file. */
export const leftFiles = (path: string, name: string): LeftLog => ({
  name,
  seize: () => seizeAheadFiles(path, name),
  remove: () => removeSeizedFiles(path, name),
});

/**
 * Gives the database the blocks of a log that it does not have, and forgets the log, in one
 * transaction that survives a power cut: from then on it refuses whatever still comes out of that
 * log. Returns how many writes it has refused.
 */
export function takeOverAhead({ database, transactions, step }: Heir, log: LeftLog): number {
  step();
  const blocks = log.seize();
  step();
  transactions.begin("power");
  let lostWrites = 0;
  try {
    const place = placeOf(database, log.name);
    // Null: another process was faster.
    if (place !== null) {
      lostWrites = applyBehind(database, place, blocks);
      database.prepare("DELETE FROM ahead_logs WHERE name = ?").run(log.name);
    }
    step();
    transactions.commit();
  } catch (error) {
    transactions.rollback();
    throw error;
  }
  step();
  log.remove();
  step();
  return lostWrites;
}

/**
 * Takes over all logs that stand beside a database, whoever has left them, and removes files of
 * which the database has everything: for a process that knows that no other one may use it.
 * Returns how many writes the database has refused.
 */
export function recoverAheadFiles(path: string): number {
  const database = openForWriting(path);
  try {
    const transactions = new FileTransactions(database);
    const heir = { database, transactions, step: () => {} };
    let lostWrites = recoverFormer(heir, path);
    for (const name of logNames(database)) lostWrites += takeOverAhead(heir, leftFiles(path, name));
    const prefix = basename(aheadPrefix(path));
    for (const file of readdirSync(dirname(path))) {
      if (file.startsWith(prefix)) rmSync(join(dirname(path), file), { force: true });
    }
    return lostWrites;
  } finally {
    database.close();
  }
}

/** What logs the database knows. */
export const logNames = (database: DatabaseSync): string[] =>
  hasTable(database, "ahead_logs")
    ? database
        .prepare("SELECT name FROM ahead_logs ORDER BY name")
        .all()
        .map(({ name }) => String(name))
    : [];

/** Versions up to 0.1 had one log for a database, and one row that said how far it was. */
function recoverFormer({ database, transactions }: Heir, path: string): number {
  if (!hasTable(database, "ahead_mark")) return 0;
  const blocks = [0, 1].flatMap((n) => decodeBlocks(bytesOf(`${aheadPrefix(path)}${n}`)));
  transactions.begin("power");
  try {
    const row = database.prepare("SELECT place FROM ahead_mark").get();
    const lostWrites = applyBehind(database, Number(row?.["place"] ?? 0), blocks);
    database.exec("DROP TABLE ahead_mark");
    transactions.commit();
    return lostWrites;
  } catch (error) {
    transactions.rollback();
    throw error;
  }
}

const hasTable = (database: DatabaseSync, name: string): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(name) !== undefined;

/** How far the database is; null where it does not know the log. */
function placeOf(database: DatabaseSync, name: string): number | null {
  const row = database.prepare("SELECT place FROM ahead_logs WHERE name = ?").get(name);
  return row === undefined ? null : Number(row["place"]);
}

/** Applies what stands behind this place, each block whole or not at all. */
function applyBehind(database: DatabaseSync, place: number, blocks: readonly AheadBlock[]): number {
  let lostWrites = 0;
  for (const block of blocks.toSorted((a, b) => a.place - b.place)) {
    if (block.place > place && !apply(database, block)) lostWrites += block.writes.length;
  }
  return lostWrites;
}

/** False where the database refuses one of its writes: none is applied then. */
function apply(database: DatabaseSync, { writes }: AheadBlock): boolean {
  database.exec("SAVEPOINT block");
  try {
    for (const { sql, params } of writes) database.prepare(sql).run(...params);
    database.exec("RELEASE block");
    return true;
  } catch (error) {
    // Disk full, and what else may be over later: the blocks stay where they are.
    if (!database.isTransaction || !isRefusal(error)) throw error;
    database.exec("ROLLBACK TO block; RELEASE block");
    return false;
  }
}
