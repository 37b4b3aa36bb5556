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
  /** Calls that have ended are in the file then: they leave within 20 ms, and commits pass them. */
  readonly written: () => Promise<void>;
  /** Which of several processes does it; null where one has the file for itself. */
  readonly owner: string | null;
  /** What else bears these names, written with the last of the calls; a crash asks for it again. */
  readonly others: (sessions: ReadonlyMap<string, string>) => Promise<readonly Write[]>;
}

/** So many places are looked at in one read: some milliseconds, for which everybody else waits. */
const windowPlaces = 250;

const windowSql = `SELECT place, user, session FROM calls
  WHERE place > ?1 AND place <= ?2 AND (user = ?3 OR session = ?4) AND about ->> '$[0][0]' = ?5`;

const renameSql = "UPDATE calls SET user = ?, session = ? WHERE place = ?";

const openSql = `INSERT INTO erasures (pseudonym, tenant, user, session, sessions, place, owner)
  VALUES (?1, ?2, ?3, ?4, '[]', 0, ?5) ON CONFLICT DO UPDATE SET owner = excluded.owner`;
const wayThereSql = "SELECT sessions, place FROM erasures WHERE pseudonym = ?";
const onSql = "UPDATE erasures SET sessions = ?, place = ? WHERE pseudonym = ?";
const doneSql = "DELETE FROM erasures WHERE pseudonym = ?";

const erasuresSql = "SELECT pseudonym, tenant, user, session FROM erasures";

/** Erasures that a process has begun and not ended: it died, or it is still at it. */
export const openErasures = (reader: Reader): Erasure[] =>
  erasuresIn(reader, `${erasuresSql} ORDER BY pseudonym`);

/** Of several processes on the file: those that none of the living is at. */
export const leftErasures = (reader: Reader): Erasure[] =>
  erasuresIn(
    reader,
    `${erasuresSql} WHERE NOT EXISTS (
      SELECT 1 FROM replicas WHERE id = owner AND is_ended = 0) ORDER BY pseudonym`,
  );

const erasuresIn = (reader: Reader, sql: string): Erasure[] =>
  reader.all(sql).map((row) => ({
    pseudonym: String(row["pseudonym"]),
    tenant: String(row["tenant"]),
    user: textOf(row["user"]),
    session: textOf(row["session"]),
  }));

/**
 * Puts a pseudonym in the place of a user's name, and of those of the sessions in the same rows, or
 * of a session's. The chain does not cover these columns: it holds as before, and no sum changes.
 * The order and how far it has come are kept with the calls that are renamed, so that it goes on
 * behind a crash; they leave with the last of it.
 */
export async function eraseNames(erasure: Erasure, ports: ErasurePorts): Promise<Erased> {
  const { tenant, user, session, pseudonym } = erasure;
  const { reader, commit, others, owner } = ports;
  await commit([{ sql: openSql, params: [pseudonym, tenant, user, session, owner] }]);
  const walk = { ...wayThere(reader, pseudonym), calls: 0 };
  await walkOn(walk, erasure, ports);
  const writes = [...(await others(walk.sessions))];
  const known = walk.sessions.size;
  // That has ended calls, whose rows stand behind all those.
  await walkOn(walk, erasure, ports);
  if (walk.sessions.size > known) writes.push(...(await others(walk.sessions)));
  await commit([...writes, { sql: doneSql, params: [pseudonym] }]);
  return walk;
}

/** How far an erasure has come. */
interface Walk {
  readonly sessions: Map<string, string>;
  place: number;
  calls: number;
}

/** To the last of the calls that have ended. */
async function walkOn(walk: Walk, erasure: Erasure, ports: ErasurePorts): Promise<void> {
  const { tenant, user, session, pseudonym } = erasure;
  const { reader, commit, pause, written } = ports;
  await written();
  const end = lastPlace(reader);
  while (walk.place < end) {
    const place = Math.min(walk.place + windowPlaces, end);
    const params = [walk.place, place, user, session, tenant];
    const writes = reader.all(windowSql, params).map((row) => renamed(row, erasure, walk.sessions));
    const so = [JSON.stringify([...walk.sessions.keys()]), place, pseudonym];
    if (writes.length > 0) await commit([...writes, { sql: onSql, params: so }]);
    else await pause();
    walk.calls += writes.length;
    walk.place = place;
  }
}

function wayThere(reader: Reader, pseudonym: string): Pick<Walk, "sessions" | "place"> {
  const row = reader.get(wayThereSql, [pseudonym]);
  // Written above alone: names in the order in which they were met.
  const names = JSON.parse(String(row?.["sessions"] ?? "[]")) as readonly string[];
  const sessions = new Map(names.map((name, n) => [name, `${pseudonym}.${n + 1}`]));
  return { sessions, place: Number(row?.["place"] ?? 0) };
}

function renamed(
  row: Row,
  { user, session, pseudonym }: Erasure,
  sessions: Map<string, string>,
): Write {
  const isUsers = user !== null && row["user"] === user;
  const name = textOf(row["session"]);
  const who = isUsers ? pseudonym : (row["user"] ?? null);
  const place = row["place"] ?? null;
  if (name === null || !(isUsers || name === session)) {
    return { sql: renameSql, params: [who, name, place] };
  }
  const known = sessions.get(name) ?? `${pseudonym}.${sessions.size + 1}`;
  sessions.set(name, known);
  return { sql: renameSql, params: [who, known, place] };
}

const textOf = (value: Row[string] | undefined): string | null =>
  typeof value === "string" ? value : null;
