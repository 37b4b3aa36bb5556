import type { Migration } from "../migration.ts";
import type { Write } from "../writer.ts";
import type { AheadBlock } from "./ahead-block.ts";

/**
 * Where writes are durable before the database has them, at process durability: what the operating
 * system was handed survives the death of this process.
 */
export interface AheadLog {
  /** See `AheadLogs.goAhead`. */
  readonly name: string;
  /**
   * The place of what was kept; null where it has no room, the disk refuses it, or another process
   * has taken the log over.
   */
  append(writes: readonly Write[]): number | null;
  /** The database has everything up to this place: it is not needed any more. */
  applied(place: number): void;
}

/** Logs ahead of a database to which several processes write, each with one of its own. */
export interface AheadLogs {
  /**
   * Commits of which all writes are certain go ahead once this resolves, into a log of this name.
   * No other process ever had one of this name, or it was taken over. Into the log before nothing
   * goes from the call on: the writes are of another name.
   */
  goAhead(name: string): Promise<void>;
  /**
   * Resolves when the database has everything that a process has kept in its log, for good, and
   * takes nothing out of that log any more, not even from a process that still lives. Any number
   * of processes may do it at once, and again. Returns how many writes the database has refused.
   */
  takeOver(name: string): Promise<number>;
}

/**
 * The log of a process that has its database for itself: while it lives nobody takes it over, and
 * so the process never looks whether somebody has.
 */
export const ownLog = "alone";

/** Each log that may have something, and how far the database is with it. */
export const aheadMigrations: readonly Migration[] = [
  {
    number: 50,
    name: "ahead_logs",
    sql: `CREATE TABLE ahead_logs (
      name TEXT PRIMARY KEY,
      place INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  },
];

/** To be durable before the first block is acknowledged. */
export const openedLog = (name: string): Write => ({
  sql: "INSERT INTO ahead_logs (name, place) VALUES (?, 0)",
  params: [name],
});

/** Refused where the log was taken over: whoever did that has applied the block. */
const markSql = `INSERT INTO ahead_logs (name, place)
  VALUES (?1, CASE WHEN EXISTS (SELECT 1 FROM ahead_logs WHERE name = ?1) THEN ?2 END)
  ON CONFLICT DO UPDATE SET place = excluded.place`;

/** What the database is given of a block: all of it, and how far it is then. */
export const markedWrites = (name: string, { place, writes }: AheadBlock): Write[] => [
  ...writes,
  // The transaction has all blocks or none: the last one's place says how far it is.
  { sql: markSql, params: [name, place], latest: `log ${name}` },
];
