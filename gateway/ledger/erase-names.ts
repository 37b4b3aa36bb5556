import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import { lastPlace } from "./ledger-query.ts";

/** Whose names are to go; a session's where no user is named. */
export interface Erasure {
  readonly tenant: string;
  readonly user: string | null;
  readonly session: string | null;
  /** What stands for the name from now on; sessions get a number behind it. */
  readonly pseudonym: string;
}

export interface Erased {
  readonly calls: number;
  /** Each session that was renamed, and its pseudonym. */
  readonly sessions: ReadonlyMap<string, string>;
}

export interface ErasurePorts {
  readonly reader: Reader;
  readonly commit: (writes: readonly Write[]) => Promise<void>;
  readonly pause: () => Promise<void>;
}

/** So many places are looked at in one read: some milliseconds, for which everybody else waits. */
const windowPlaces = 250;

const windowSql = `SELECT place, user, session FROM calls
  WHERE place > ?1 AND place <= ?2 AND (user = ?3 OR session = ?4) AND about ->> '$[0][0]' = ?5`;

const renameSql = "UPDATE calls SET user = ?, session = ? WHERE place = ?";

/**
 * Puts a pseudonym in the place of a user's name, and of those of the sessions in the same rows, or
 * of a session's. The chain does not cover these columns: it holds as before, and no sum changes.
 * Cut off in the middle, it is done again from the start.
 */
export async function eraseNames(
  { tenant, user, session, pseudonym }: Erasure,
  { reader, commit, pause }: ErasurePorts,
): Promise<Erased> {
  const sessions = new Map<string, string>();
  const sessionOf = (name: string): string => {
    const known = sessions.get(name) ?? `${pseudonym}.${sessions.size + 1}`;
    sessions.set(name, known);
    return known;
  };
  const renamed = (row: Row): Write => {
    const isUsers = user !== null && row["user"] === user;
    const name = row["session"];
    const isTheirs = typeof name === "string" && (isUsers || name === session);
    const place = row["place"] ?? null;
    const who = isUsers ? pseudonym : (row["user"] ?? null);
    return { sql: renameSql, params: [who, isTheirs ? sessionOf(name) : (name ?? null), place] };
  };
  let calls = 0;
  const end = lastPlace(reader);
  for (let from = 0; from < end; from += windowPlaces) {
    const params = [from, from + windowPlaces, user, session, tenant];
    const writes = reader.all(windowSql, params).map(renamed);
    if (writes.length > 0) await commit(writes);
    else await pause();
    calls += writes.length;
  }
  return { calls, sessions };
}
