import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import type { KeyRecord } from "../key-record.ts";
import type { KeyStore, Rotation } from "../key-store.ts";

const insertSql = `INSERT INTO keys (
  id, tenant, team, role, models, surfaces, name, origin, hmac, pepper,
  previous_hmac, previous_pepper, previous_until_ms, created_ms, rotated_ms, revoked_ms
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** On the right of SET stand the values from before: the secret of now becomes the previous one. */
const rotateSql = `UPDATE keys SET
  previous_hmac = iif(?1 IS NULL, NULL, hmac),
  previous_pepper = iif(?1 IS NULL, NULL, pepper),
  previous_until_ms = ?1, hmac = ?2, pepper = ?3, rotated_ms = ?4
WHERE id = ?5 AND revoked_ms IS NULL`;

const revokeSql = `UPDATE keys SET
  previous_hmac = NULL, previous_pepper = NULL, previous_until_ms = NULL, revoked_ms = ?
WHERE id = ? AND revoked_ms IS NULL`;

/** Keys as rows of the table `keys`. */
export const sqliteKeyStore: KeyStore = {
  insert(record: KeyRecord): Write {
    const { grant, secret, previous } = record;
    const params: SqlValue[] = [record.id, grant.tenant, grant.team, grant.role];
    params.push(JSON.stringify(grant.models), JSON.stringify(grant.surfaces));
    params.push(record.name, record.origin, secret.hmac, secret.pepper);
    params.push(previous?.hmac ?? null, previous?.pepper ?? null, previous?.untilMs ?? null);
    params.push(record.createdMs, record.rotatedMs, record.revokedMs);
    return { sql: insertSql, params };
  },

  rotate(keyId: string, { secret, atMs, previousUntilMs }: Rotation): Write {
    return { sql: rotateSql, params: [previousUntilMs, secret.hmac, secret.pepper, atMs, keyId] };
  },

  revoke(keyId: string, atMs: number): Write {
    return { sql: revokeSql, params: [atMs, keyId] };
  },
};

/** Every stored key, in the order they were made. Throws when a row breaks the table's promises. */
export const loadKeys = (reader: Reader): KeyRecord[] =>
  reader.all("SELECT * FROM keys ORDER BY id").map(recordOf);

const recordOf = (row: Row): KeyRecord => ({
  id: text(row, "id"),
  grant: {
    tenant: text(row, "tenant"),
    team: row["team"] === null ? null : text(row, "team"),
    role: text(row, "role") === "admin" ? "admin" : "client",
    models: list(row, "models"),
    surfaces: list(row, "surfaces"),
  },
  name: text(row, "name"),
  origin: text(row, "origin") === "first-run" ? "first-run" : "admin",
  secret: { hmac: bytes(row, "hmac"), pepper: integer(row, "pepper") },
  previous: previousOf(row),
  createdMs: integer(row, "created_ms"),
  rotatedMs: integerOrNull(row, "rotated_ms"),
  revokedMs: integerOrNull(row, "revoked_ms"),
});

const previousOf = (row: Row): KeyRecord["previous"] => {
  if (row["previous_hmac"] === null) return null;
  return {
    hmac: bytes(row, "previous_hmac"),
    pepper: integer(row, "previous_pepper"),
    untilMs: integer(row, "previous_until_ms"),
  };
};

const broken = (column: string, expected: string): Error =>
  new Error(`Cannot load keys: column ${column} is no ${expected}`);

const text = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== "string") throw broken(column, "text");
  return value;
};

const integer = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== "number" && typeof value !== "bigint") throw broken(column, "integer");
  return Number(value);
};

const integerOrNull = (row: Row, column: string): number | null =>
  row[column] === null ? null : integer(row, column);

const bytes = (row: Row, column: string): Uint8Array => {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw broken(column, "byte string");
  return value;
};

const list = (row: Row, column: string): string[] => {
  const value: unknown = JSON.parse(text(row, column));
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  if (!isList) throw broken(column, "list of strings");
  return value;
};
