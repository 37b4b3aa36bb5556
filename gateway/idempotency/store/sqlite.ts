import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import type { Claim, ClaimList, ClaimScope, ClaimStore } from "../claim-store.ts";

const scopeSql = "tenant = ? AND surface = ? AND reader = ? AND source = ? AND name = ?";

const paramsOf = ({ tenant, surface, reader, source, name }: ClaimScope): SqlValue[] => [
  tenant,
  surface,
  reader,
  source,
  name,
];

/** Each request with a name asks: a column that is not read takes no time. */
const findSql = `SELECT call, key, fingerprint, created_ms, expires_ms FROM claims
  WHERE ${scopeSql}`;

/** Claims in the table `claims` of the database file, whose primary key is their scope. */
export class SqliteClaimStore implements ClaimStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  find(scope: ClaimScope): Claim | null {
    const row = this.#reader.get(findSql, paramsOf(scope));
    return row === undefined ? null : { ...scope, ...standingOf(row) };
  }

  byCall(callId: string): Claim | null {
    const row = this.#reader.get("SELECT * FROM claims WHERE call = ?", [callId]);
    return row === undefined ? null : claimOf(row);
  }

  list({ tenant, name, before, limit }: ClaimList): Claim[] {
    const asked = [
      ["tenant = ?", tenant],
      ["name = ?", name],
      ["call < ?", before],
    ] as const;
    const known = asked.filter(([, value]) => value !== null);
    const where = known.map(([condition]) => condition).join(" AND ") || "TRUE";
    const sql = `SELECT * FROM claims WHERE ${where} ORDER BY call DESC LIMIT ?`;
    return this.#reader.all(sql, [...known.map(([, value]) => value), limit]).map(claimOf);
  }

  take(claim: Claim, former: Claim | null): Write[] {
    const insert: Write = {
      sql: `INSERT INTO claims (tenant, surface, reader, source, name,
          call, key, fingerprint, created_ms, expires_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        ...paramsOf(claim),
        claim.callId,
        claim.keyId,
        claim.fingerprint,
        Math.round(claim.createdMs),
        Math.round(claim.expiresMs),
      ],
    };
    return former === null ? [insert] : [this.release(former.callId), insert];
  }

  release(callId: string): Write {
    return { sql: "DELETE FROM claims WHERE call = ?", params: [callId] };
  }

  extend(callId: string, expiresMs: number): Write {
    return {
      sql: "UPDATE claims SET expires_ms = ? WHERE call = ?",
      params: [Math.round(expiresMs), callId],
    };
  }

  dropExpired(nowMs: number, limit: number): Write {
    return {
      sql: `DELETE FROM claims WHERE call IN
        (SELECT call FROM claims WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)`,
      params: [Math.round(nowMs), limit],
    };
  }
}

const claimOf = (row: Row): Claim => ({
  tenant: String(row["tenant"]),
  surface: String(row["surface"]),
  reader: String(row["reader"]),
  // As `take` wrote it.
  source: String(row["source"]) as Claim["source"],
  name: String(row["name"]),
  ...standingOf(row),
});

/** What is known of a name beside where it counts. */
const standingOf = (row: Row): Omit<Claim, keyof ClaimScope> => ({
  callId: String(row["call"]),
  keyId: String(row["key"]),
  fingerprint: String(row["fingerprint"]),
  createdMs: Number(row["created_ms"]),
  expiresMs: Number(row["expires_ms"]),
});
