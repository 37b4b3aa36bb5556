import { storedHash } from "@sekisho/lib/storage/chains/chain-hash.ts";
import type { ChainLink } from "@sekisho/lib/storage/chains/chain-walk.ts";
import {
  verifyChain,
  type ChainFindings,
  type ChainSource,
} from "@sekisho/lib/storage/chains/verify-chain.ts";
import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { AuditRow, AuditStore } from "../audit-store.ts";
import type { AuditDetails } from "../changed-value.ts";

const appendSql = `INSERT INTO audit_additions
  (writer, at_ms, event, object, by, request_id, details)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

const listSql = `SELECT * FROM audit
  WHERE (?1 IS NULL OR event = ?1) AND (?2 IS NULL OR object = ?2) AND (?3 IS NULL OR by = ?3)
    AND at_ms >= ?4 AND (?5 IS NULL OR at_ms < ?5) AND (?6 IS NULL OR place < ?6)
  ORDER BY place DESC LIMIT ?7`;

const writersSql = `SELECT writer FROM audit UNION SELECT writer FROM audit_heads ORDER BY writer`;
const headSql = "SELECT seq, hash FROM audit_heads WHERE writer = ?";
const pageSql = "SELECT * FROM audit WHERE writer = ? AND seq > ? ORDER BY seq LIMIT ?";
const findSql = "SELECT min(seq) AS seq FROM audit WHERE writer = ? AND hash = ?";

/** Changes as rows of the table `audit`, which a trigger chains; `pause` lets others work. */
export const sqliteAuditStore = (reader: Reader, pause: () => Promise<void>): AuditStore => ({
  append: ({ writer, atMs, event, object, by, requestId, details }) => ({
    sql: appendSql,
    params: [
      writer,
      atMs,
      event,
      object,
      by,
      requestId,
      details === undefined ? null : JSON.stringify([details.before, details.after]),
    ],
  }),
  list: ({ event, object, by, sinceMs, untilMs, after, limit }) =>
    reader.all(listSql, [event, object, by, sinceMs, untilMs, after, limit]).map(rowOf),
  rowOf(requestId, event) {
    const sql = "SELECT * FROM audit WHERE request_id = ? AND event = ? ORDER BY place DESC";
    const row = reader.get(sql, [requestId, event]);
    return row === undefined ? undefined : rowOf(row);
  },
  async verify() {
    const findings: ChainFindings[] = [];
    for (const { writer } of reader.all(writersSql)) {
      findings.push(await verifyChain(sourceOf(reader, String(writer)), pause));
    }
    return findings;
  },
});

const sourceOf = (reader: Reader, writer: string): ChainSource => ({
  name: writer,
  head() {
    const row = reader.get(headSql, [writer]);
    return row === undefined ? null : { seq: Number(row["seq"]), hash: storedHash(row["hash"]) };
  },
  page: (afterSeq, limit) => reader.all(pageSql, [writer, afterSeq, limit]).map(linkOf),
  find(hash) {
    const seq = reader.get(findSql, [writer, hash])?.["seq"] ?? null;
    return seq === null ? null : Number(seq);
  },
});

const rowOf = (row: Row): AuditRow => ({
  writer: String(row["writer"]),
  seq: Number(row["seq"]),
  atMs: Number(row["at_ms"]),
  event: String(row["event"]),
  object: String(row["object"]),
  by: String(row["by"]),
  requestId: String(row["request_id"]),
  details: detailsOf(row["details"]),
  hash: storedHash(row["hash"]),
  place: Number(row["place"]),
});

/** `[before, after]`; a tampered file may hold anything, and what is none is not shown. */
function detailsOf(stored: unknown): AuditDetails | null {
  if (typeof stored !== "string") return null;
  let sides: unknown;
  try {
    sides = JSON.parse(stored);
  } catch {
    return null;
  }
  if (!Array.isArray(sides)) return null;
  const [before = null, after = null] = sides.map((side: unknown) =>
    typeof side === "string" ? side : null,
  );
  return { before, after };
}

/** In the order in which the trigger hashes them. */
function linkOf(row: Row): ChainLink {
  const { writer, seq, atMs, event, object, by, requestId, hash } = rowOf(row);
  const details = row["details"] ?? null;
  const values = [writer, atMs, event, object, by, requestId];
  if (details !== null) values.push(String(details));
  return { seq, previous: storedHash(row["previous"]), hash, values };
}
