import type { AheadBlock } from "./ahead-block.ts";
import type { Write } from "./writer.ts";

/**
 * Where writes are durable before the database has them, at process durability: what the operating
 * system was handed survives the death of this process.
 */
export interface AheadLog {
  /** The place of what was kept; null where it has no room, or the disk refuses it. */
  append(writes: readonly Write[]): number | null;
  /** The database has everything up to this place: it is not needed any more. */
  applied(place: number): void;
}

/** The table in which the database says how far it is, in the transaction that takes it there. */
export const createAheadMark = `
  CREATE TABLE IF NOT EXISTS ahead_mark (place INTEGER NOT NULL) STRICT;
  INSERT INTO ahead_mark SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM ahead_mark)`;

const markSql = "UPDATE ahead_mark SET place = ?";

/** What the database is given of a block: all of it, and how far it is then. */
export const markedWrites = ({ place, writes }: AheadBlock): Write[] => [
  ...writes,
  { sql: markSql, params: [place] },
];
