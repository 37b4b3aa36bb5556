import { Buffer } from "node:buffer";
import { decodeChunk, encodeChunk } from "@sekisho/lib/event-log/entry-chunk.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { idTimeMs } from "@sekisho/lib/ids/id-body.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Surface } from "../../request.ts";
import type {
  StoredStream,
  StreamEnd,
  StreamEntry,
  StreamFacts,
  StreamHead,
  StreamOwners,
  StreamRecovery,
  StreamStore,
} from "../stream-store.ts";

/** The files of streams, one for each hour. */
export interface StreamFiles {
  /** Those there are, the latest first. */
  hours(): readonly number[];
  /** Opens the file and makes it where it is missing. Rejects with Failure. */
  writer(hour: number): Promise<Writer>;
  /** Null where there is no such file. Throws Failure. */
  reader(hour: number): Reader | null;
  /** Of deleted bytes nothing stands in it any more; false where that must be tried again. */
  scrub(hour: number): Promise<boolean>;
}

/** More chunks are read in further pages. */
const pageBytes = 32 * 1_024;
const pageChunks = 256;

/** How much of what has ended is asked for. */
export interface EndedAsked {
  readonly count: number;
  readonly bytes: number;
}

/** By their ids, which no sorting is needed for: a file may have a million of them. */
const oldestEndedSql = `SELECT id, octet_length(facts) + coalesce(
    (SELECT sum(octet_length(entries)) FROM chunks WHERE stream = streams.id), 0) AS bytes
  FROM streams WHERE ended_ms IS NOT NULL ORDER BY id LIMIT ?`;

const ownersSql = "SELECT 1 FROM pragma_table_info('streams') WHERE name = 'user'";

/** Hours since the epoch. The id says when the stream began. */
export const hourOf = (wallMs: number): number => Math.floor(wallMs / 3_600_000);

/** Streams in SQLite, in the file of the hour that their id names. */
export class SqliteStreamStore implements StreamStore {
  readonly #files: StreamFiles;
  readonly #clock: Clock;

  constructor(files: StreamFiles, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
  }

  open(head: StreamHead): Promise<void> {
    const { id, keyId, tenant, surface, createdMs, facts, user = null, session = null } = head;
    const said = JSON.stringify(facts);
    return this.#commit(id, [
      {
        sql: `INSERT INTO streams (id, key, tenant, surface, created_ms, facts, user, session)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        params: [id, keyId, tenant, surface, Math.round(createdMs), said, user, session],
      },
    ]);
  }

  append(id: string, entries: readonly StreamEntry[], end: StreamEnd | null): Promise<void> {
    const writes = entries.length === 0 ? [] : [this.#chunk(id, entries)];
    if (end !== null) writes.push(this.#ending(id, end));
    return this.#commit(id, writes);
  }

  read(id: string, seq: number): readonly StreamEntry[] {
    const reader = this.#readerOf(id);
    if (reader === null) return [];
    const rows = reader.all(
      `SELECT first_seq, entries FROM (
        SELECT first_seq, entries,
          sum(length(entries)) OVER (ORDER BY first_seq ROWS UNBOUNDED PRECEDING)
            - length(entries) AS before
        FROM (SELECT first_seq, entries FROM chunks WHERE stream = ? AND next_seq > ?
          ORDER BY first_seq LIMIT ${pageChunks})
      ) WHERE before < ${pageBytes} ORDER BY first_seq`,
      [id, seq],
    );
    return rows.flatMap(entriesOf).filter((entry) => entry.seq >= seq);
  }

  find(id: string): StoredStream | null {
    const reader = this.#readerOf(id);
    const row = reader?.get(
      `SELECT id, key, tenant, surface, created_ms, facts, epoch, ended_ms, ending,
        (SELECT max(next_seq) FROM chunks WHERE stream = streams.id) AS next_seq
      FROM streams WHERE id = ?`,
      [id],
    );
    return row === undefined ? null : storedOf(row);
  }

  /** Is there still a file that the stream of this id may be in? */
  hasFileOf(id: string): boolean {
    return this.#readerOf(id) !== null;
  }

  remove(id: string): Promise<void> {
    return this.#commit(id, [
      { sql: "DELETE FROM chunks WHERE stream = ?", params: [id] },
      { sql: "DELETE FROM streams WHERE id = ?", params: [id] },
    ]);
  }

  idsOf({ tenant, user, sessions }: StreamOwners): readonly string[] {
    const sql = `SELECT id FROM streams WHERE tenant = ?
      AND (user = ? OR session IN (SELECT value FROM json_each(?)))`;
    const params = [tenant, user, JSON.stringify(sessions)];
    return this.#files.hours().flatMap((hour) => {
      const reader = this.#files.reader(hour);
      // Versions before this one kept no names: what they have recorded goes with its file.
      if (reader?.get(ownersSql) === undefined) return [];
      return reader.all(sql, params).map((row) => String(row["id"]));
    });
  }

  /**
   * Of the oldest hour that has such, those that have ended, in the order in which they began: so
   * many, or as many as have these bytes.
   */
  oldestEnded({ count, bytes }: EndedAsked): readonly string[] {
    for (const hour of this.#files.hours().toReversed()) {
      const rows = this.#files.reader(hour)?.all(oldestEndedSql, [count]) ?? [];
      let sum = 0;
      const ids: string[] = [];
      for (const row of rows) {
        if (sum >= bytes) break;
        ids.push(String(row["id"]));
        sum += Number(row["bytes"]);
      }
      if (ids.length > 0) return ids;
    }
    return [];
  }

  async scrub(ids: readonly string[]): Promise<void> {
    const hours = new Set(ids.map((id) => hourOf(idTimeMs(id) ?? 0)));
    for (const hour of hours) {
      if (await this.#files.scrub(hour)) continue;
      const message = `Cannot scrub the streams of the hour ${hour}: somebody reads there`;
      throw new Failure<Code>("conflict", message);
    }
  }

  async recover(recovery: StreamRecovery): Promise<number> {
    let count = 0;
    for (const hour of this.#files.hours()) {
      const rows = this.#files.reader(hour)?.all(
        `SELECT id, created_ms,
          coalesce((SELECT max(next_seq) FROM chunks WHERE stream = streams.id), 0) AS next_seq
        FROM streams WHERE ended_ms IS NULL`,
      );
      if (rows === undefined || rows.length === 0) continue;
      const writer = await this.#files.writer(hour);
      await writer.commit(
        rows.flatMap((row) => this.#recovered(row, recovery)),
        "process",
      );
      count += rows.length;
    }
    return count;
  }

  #recovered(row: Row, { last, end, bootedWallMs }: StreamRecovery): Write[] {
    const id = String(row["id"]);
    const seq = Number(row["next_seq"]);
    const writes = [
      this.#chunk(id, [{ seq, kind: entryKind.terminal, payload: last }]),
      this.#ending(id, end),
    ];
    // Only a power cut loses what a process had committed.
    if (Number(row["created_ms"]) > bootedWallMs) return writes;
    return [...writes, { sql: "UPDATE streams SET epoch = epoch + 1 WHERE id = ?", params: [id] }];
  }

  /** The place of the first entry is taken once: whoever is not the producer any more fails. */
  #chunk(id: string, entries: readonly StreamEntry[]): Write {
    const first = entries[0]?.seq ?? 0;
    return {
      sql: `INSERT INTO chunks (stream, first_seq, next_seq, time_ms, entries)
        VALUES (?, ?, ?, ?, ?)`,
      params: [id, first, first + entries.length, this.#clock.wallMs(), encodeChunk(entries)],
    };
  }

  #ending(id: string, end: StreamEnd): Write {
    return {
      sql: "UPDATE streams SET ended_ms = ?, ending = ? WHERE id = ? AND ended_ms IS NULL",
      params: [this.#clock.wallMs(), JSON.stringify(end), id],
    };
  }

  async #commit(id: string, writes: readonly Write[]): Promise<void> {
    const madeMs = idTimeMs(id);
    if (madeMs === null) throw new RangeError(`Cannot keep the stream "${id}": no id of ours`);
    const writer = await this.#files.writer(hourOf(madeMs));
    await writer.commit(writes, "process");
  }

  #readerOf(id: string): Reader | null {
    const madeMs = idTimeMs(id);
    return madeMs === null ? null : this.#files.reader(hourOf(madeMs));
  }
}

const entriesOf = (row: Row): StreamEntry[] => {
  const { first_seq: first, entries } = row;
  if (!(entries instanceof Uint8Array)) return [];
  const chunk = Buffer.from(entries.buffer, entries.byteOffset, entries.byteLength);
  return decodeChunk<CanonicalEvent>(chunk, Number(first));
};

const storedOf = (row: Row): StoredStream => ({
  head: {
    id: String(row["id"]),
    keyId: String(row["key"]),
    tenant: String(row["tenant"]),
    // As `open` wrote it.
    surface: String(row["surface"]) as Surface,
    createdMs: Number(row["created_ms"]),
    // As `open` wrote them.
    facts: JSON.parse(String(row["facts"])) as StreamFacts,
  },
  epoch: Number(row["epoch"]),
  nextSeq: Number(row["next_seq"] ?? 0),
  // As `append` wrote it.
  end: row["ending"] === null ? null : (JSON.parse(String(row["ending"])) as StreamEnd),
  endedMs: row["ended_ms"] === null ? null : Number(row["ended_ms"]),
});
