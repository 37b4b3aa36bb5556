import { Buffer } from "node:buffer";
import { decodeChunk, encodeChunk } from "@sekisho/lib/event-log/entry-chunk.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type {
  CacheStore,
  KeepTerms,
  PurgeSelector,
  Renewal,
  StoreChanges,
  StoreSize,
} from "../cache-store.ts";
import type { AnswerFacts, CachedAnswer } from "../cached-answer.ts";

/** The file of kept answers, opened when somebody wants something of it. */
export interface CacheFile {
  /** Has anybody kept anything? */
  readonly exists: boolean;
  /** Null where there is none yet. Throws where it cannot be read. */
  reader(): Reader | null;
  /** Rejects where it cannot be written. */
  writer(): Promise<Writer>;
  /** Of deleted bytes nothing stands in it any more; false where that must be tried again. */
  scrub(): Promise<boolean>;
}

export interface StoreLimits {
  readonly bytes: number;
  readonly answers: number;
}

export interface SqliteCacheParts {
  readonly file: CacheFile;
  readonly limits: () => StoreLimits;
  readonly wallMs: () => number;
  /** An answer could not be kept. */
  readonly lost: (error: unknown) => void;
}

/** So often what is over, or too much, is taken away: or once for a tenth of what there may be. */
const answersPerSweep = 500;
const sweepsPerFill = 10;
/** In one transaction: the next one goes on. */
const droppedAtOnce = 2_000;

const findSql = "SELECT * FROM answers WHERE key = ?";
const keepSql = `INSERT OR REPLACE INTO answers
  (key, tenant, alias, key_id, user, session, stored_ms, expires_ms, bytes, facts, entries)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11
  WHERE (SELECT coalesce(max(seq), 0) FROM purges) = ?12
    AND NOT EXISTS (SELECT 1 FROM answers WHERE key = ?1 AND stored_ms > ?13 AND stored_ms <= ?7)`;
/** In front of it: others may hold what it takes the place of. */
const renewSql = `INSERT INTO renewals (key, stored_ms)
  SELECT ?1, ?2 FROM answers WHERE key = ?1 AND stored_ms < ?2 AND stored_ms <= ?3`;
/** Who has not looked for longer than it takes to renew so many reads all of them anew. */
const renewalsKept = 1_000;
const forgetRenewalsSql = `DELETE FROM renewals
  WHERE seq <= (SELECT max(seq) FROM renewals) - ${renewalsKept}`;
const changesSql = `SELECT (SELECT max(seq) FROM purges) AS purges,
  (SELECT max(seq) FROM renewals) AS renewals`;
const anyOverSql = "SELECT 1 FROM answers WHERE expires_ms <= ? LIMIT 1";
const dropOverSql = `DELETE FROM answers WHERE place IN
  (SELECT place FROM answers WHERE expires_ms <= ? LIMIT ${droppedAtOnce})`;
/** Those that were kept first go first. */
const dropOldestSql = `DELETE FROM answers WHERE place <= coalesce((SELECT max(place) FROM (
  SELECT place, sum(bytes) OVER newer AS bytes, row_number() OVER newer AS answers FROM answers
  WINDOW newer AS (ORDER BY place DESC)) WHERE bytes > ?1 OR answers > ?2), 0)`;
const selected = `WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR alias = ?2)
  AND (?3 IS NULL OR key_id = ?3) AND (?4 IS NULL OR user = ?4)
  AND (?5 IS NULL OR session IN (SELECT value FROM json_each(?5))) AND (?6 IS NULL OR key = ?6)`;

const selecting = ({ tenant, alias, keyId, user, sessions, key }: PurgeSelector): SqlValue[] => [
  tenant,
  alias,
  keyId,
  user,
  sessions === null ? null : JSON.stringify(sessions),
  key,
];

/** Kept answers in a SQLite file that the processes of one host share. */
export class SqliteCacheStore implements CacheStore {
  readonly #parts: SqliteCacheParts;
  #kept = 0;
  #keptBytes = 0;

  constructor(parts: SqliteCacheParts) {
    this.#parts = parts;
  }

  find(key: string): CachedAnswer | null {
    const row = this.#parts.file.reader()?.get(findSql, [key]);
    return row === undefined ? null : answerOf(row);
  }

  keep(answer: CachedAnswer, terms: KeepTerms): void {
    const { key, storedMs, bytes } = answer;
    // SQLite knows no greater one.
    const since = Math.min(terms.sinceMs, Number.MAX_SAFE_INTEGER);
    const renewal = { sql: renewSql, params: [key, storedMs, since] };
    const kept = keepWrite(answer, { ...terms, sinceMs: since });
    this.#enqueue([renewal, kept, ...this.#trim(bytes)]);
  }

  sweep(): void {
    const params = [this.#parts.wallMs()];
    // Who keeps nothing opens no writer for it.
    if (this.#parts.file.reader()?.get(anyOverSql, params) === undefined) return;
    this.#enqueue([{ sql: dropOverSql, params }]);
  }

  #enqueue(writes: readonly Write[]): void {
    this.#parts.file
      .writer()
      .then((writer) => writer.enqueue(writes))
      .catch((error: unknown) => this.#parts.lost(error));
  }

  holds(which: PurgeSelector): boolean {
    const sql = `SELECT 1 FROM answers ${selected} LIMIT 1`;
    return this.#parts.file.reader()?.get(sql, selecting(which)) !== undefined;
  }

  /** Those that wait to be written are among them. */
  async purge(which: PurgeSelector, nowMs: number): Promise<number> {
    if (!this.#parts.file.exists) return 0;
    const writer = await this.#parts.file.writer();
    await writer.flush();
    const params = selecting(which);
    const found = this.#parts.file
      .reader()
      ?.get(`SELECT count(*) AS n FROM answers ${selected}`, params);
    await writer.commit(
      [
        { sql: `DELETE FROM answers ${selected}`, params },
        { sql: "DELETE FROM purges WHERE seq < (SELECT max(seq) FROM purges)", params: [] },
        { sql: "INSERT INTO purges (at_ms) VALUES (?)", params: [nowMs] },
      ],
      "power",
    );
    return Number(found?.["n"] ?? 0);
  }

  scrub(): Promise<boolean> {
    const { file } = this.#parts;
    return file.exists ? file.scrub() : Promise.resolve(true);
  }

  changes(): StoreChanges {
    const row = this.#parts.file.reader()?.get(changesSql);
    return { purges: Number(row?.["purges"] ?? 0), renewals: Number(row?.["renewals"] ?? 0) };
  }

  renewedSince(renewals: number): readonly Renewal[] | null {
    const rows = this.#parts.file
      .reader()
      ?.all("SELECT seq, key, stored_ms FROM renewals WHERE seq > ? ORDER BY seq", [renewals]);
    const first = rows?.[0];
    if (rows === undefined || first === undefined) return [];
    if (Number(first["seq"]) > renewals + 1) return null;
    return rows.map((row) => ({ key: String(row["key"]), storedMs: Number(row["stored_ms"]) }));
  }

  size(): StoreSize {
    const row = this.#parts.file
      .reader()
      ?.get("SELECT count(*) AS answers, coalesce(sum(bytes), 0) AS bytes FROM answers");
    return { answers: Number(row?.["answers"] ?? 0), bytes: Number(row?.["bytes"] ?? 0) };
  }

  #trim(bytes: number): Write[] {
    const limits = this.#parts.limits();
    this.#kept += 1;
    this.#keptBytes += bytes;
    const isDue =
      this.#kept >= Math.min(answersPerSweep, limits.answers / sweepsPerFill) ||
      this.#keptBytes >= limits.bytes / sweepsPerFill;
    if (!isDue) return [];
    this.#kept = 0;
    this.#keptBytes = 0;
    return [
      { sql: forgetRenewalsSql, params: [] },
      { sql: dropOverSql, params: [this.#parts.wallMs()] },
      { sql: dropOldestSql, params: [limits.bytes, limits.answers] },
    ];
  }
}

function keepWrite(
  { key, owner, facts, entries, ...rest }: CachedAnswer,
  { purges, sinceMs }: KeepTerms,
): Write {
  const { tenant, alias, keyId, user, session } = owner;
  const { storedMs, expiresMs, bytes } = rest;
  const about = JSON.stringify(facts);
  const who: SqlValue[] = [key, tenant, alias, keyId, user, session];
  return {
    sql: keepSql,
    params: [...who, storedMs, expiresMs, bytes, about, encodeChunk(entries), purges, sinceMs],
  };
}

/** Written by this file alone, in this shape. */
function answerOf(row: Row): CachedAnswer {
  const { entries } = row;
  if (!(entries instanceof Uint8Array)) throw new Error("Cannot read an answer: it has no entries");
  const chunk = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  return {
    key: String(row["key"]),
    owner: {
      tenant: String(row["tenant"]),
      alias: String(row["alias"]),
      keyId: String(row["key_id"]),
      user: textOf(row["user"]),
      session: textOf(row["session"]),
    },
    storedMs: Number(row["stored_ms"]),
    expiresMs: Number(row["expires_ms"]),
    facts: JSON.parse(String(row["facts"])) as AnswerFacts, // as above
    entries: decodeChunk<CanonicalEvent>(chunk, 0),
    bytes: Number(row["bytes"]),
  };
}

const textOf = (value: Row[string] | undefined): string | null =>
  typeof value === "string" ? value : null;
