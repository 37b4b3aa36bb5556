import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import { keyRoles, type KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import {
  budgetStatuses,
  usualBudgetStatus,
  type BudgetStatus,
} from "@sekisho/wire/budget-status.ts";
import { criticalities, type Criticality } from "@sekisho/wire/criticality.ts";
import type { KeySecret } from "../access-pair.ts";
import type { KeyLimits } from "../key-limits.ts";
import type { KeyRecord } from "../key-record.ts";
import type { KeyStore, Rotation } from "../key-store.ts";

const insertSql = `INSERT INTO keys (
  id, tenant, team, role, models, surfaces, criticality, request_budget, stream_grace_ms,
  budget_status, tags, addresses, expires_ms, origins, name, origin,
  hmac, pepper, access_key_id, pair_salt,
  previous_hmac, previous_pepper, previous_access_key_id,
  previous_pair_salt, previous_until_ms, created_ms, rotated_ms, revoked_ms
) VALUES (
  ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** On the right of SET stand the values from before: the secret of now becomes the previous one. */
const rotateSql = `UPDATE keys SET
  previous_hmac = iif(?1 IS NULL, NULL, hmac),
  previous_pepper = iif(?1 IS NULL, NULL, pepper),
  previous_access_key_id = iif(?1 IS NULL, NULL, access_key_id),
  previous_pair_salt = iif(?1 IS NULL, NULL, pair_salt),
  previous_until_ms = ?1, rotated_ms = ?2,
  hmac = ?3, pepper = ?4, access_key_id = ?5, pair_salt = ?6
WHERE id = ?7 AND revoked_ms IS NULL`;

const revokeSql = `UPDATE keys SET
  previous_hmac = NULL, previous_pepper = NULL, previous_access_key_id = NULL,
  previous_pair_salt = NULL, previous_until_ms = NULL, revoked_ms = ?
WHERE id = ? AND revoked_ms IS NULL`;

/** What a change of limits sets: a column that it does not name stays as another change left it. */
function limitSets({
  addresses,
  expiresMs,
  origins,
}: Partial<KeyLimits>): [set: string, to: SqlValue][] {
  const sets: [string, SqlValue][] = [];
  if (addresses !== undefined) sets.push(["addresses = ?", JSON.stringify(addresses)]);
  if (origins !== undefined) sets.push(["origins = ?", JSON.stringify(origins)]);
  if (expiresMs !== undefined) sets.push(["expires_ms = ?", expiresMs]);
  return sets;
}

const usedSql = `UPDATE keys SET last_used_ms = ?1
  WHERE id = ?2 AND (last_used_ms IS NULL OR last_used_ms < ?1)`;

/** Hash, its pepper, access key id and salt: in this order in both statements. */
const secretParams = (secret: KeySecret | null): SqlValue[] => {
  if (secret === null) return [null, null, null, null];
  const { hmac, pepper, pair } = secret;
  return [hmac, pepper, pair?.accessKeyId ?? null, pair?.salt ?? null];
};

/** Keys as rows of the table `keys`. */
export const sqliteKeyStore: KeyStore = {
  insert(record: KeyRecord): Write {
    const { grant, secret, previous } = record;
    const params: SqlValue[] = [record.id, grant.tenant, grant.team, grant.role];
    params.push(JSON.stringify(grant.models), JSON.stringify(grant.surfaces));
    params.push(grant.criticality, grant.requestBudget, grant.streamGraceMs);
    params.push(grant.budgetStatus ?? usualBudgetStatus, JSON.stringify(grant.tags ?? []));
    params.push(JSON.stringify(record.limits.addresses));
    params.push(record.limits.expiresMs, JSON.stringify(record.limits.origins));
    params.push(record.name, record.origin);
    params.push(...secretParams(secret));
    params.push(...secretParams(previous), previous?.untilMs ?? null);
    params.push(record.createdMs, record.rotatedMs, record.revokedMs);
    return { sql: insertSql, params };
  },

  rotate(keyId: string, { secret, atMs, previousUntilMs }: Rotation): Write {
    return { sql: rotateSql, params: [previousUntilMs, atMs, ...secretParams(secret), keyId] };
  },

  limit(keyId: string, changes: Partial<KeyLimits>): Write {
    const sets = limitSets(changes);
    // A statement sets something: what names nothing leaves all as it is.
    const list = sets.map(([set]) => set).join(", ") || "addresses = addresses";
    const sql = `UPDATE keys SET ${list} WHERE id = ? AND revoked_ms IS NULL`;
    return { sql, params: [...sets.map(([, to]) => to), keyId] };
  },

  used(keyId: string, atMs: number): Write {
    return { sql: usedSql, params: [atMs, keyId] };
  },

  revoke(keyId: string, atMs: number): Write {
    return { sql: revokeSql, params: [atMs, keyId] };
  },
};

/** Every stored key, in the order they were made. Throws when a row breaks the table's promises. */
export const loadKeys = (reader: Reader): KeyRecord[] =>
  reader.all("SELECT * FROM keys ORDER BY id").map(recordOf);

/** When keys were used last, those that ever were. */
export const loadKeyUses = (reader: Reader): (readonly [keyId: string, atMs: number])[] =>
  reader
    .all("SELECT id, last_used_ms FROM keys WHERE last_used_ms IS NOT NULL")
    .map((row) => [text(row, "id"), integer(row, "last_used_ms")] as const);

/** Grows with each change of a key, whichever process made it. */
export const keyChanges = (reader: Reader): number =>
  Number(reader.get("SELECT count FROM key_changes")?.["count"] ?? 0);

const recordOf = (row: Row): KeyRecord => ({
  id: text(row, "id"),
  grant: {
    tenant: text(row, "tenant"),
    team: row["team"] === null ? null : text(row, "team"),
    role: role(row),
    models: list(row, "models"),
    surfaces: list(row, "surfaces"),
    criticality: criticality(row),
    requestBudget: row["request_budget"] === null ? null : text(row, "request_budget"),
    streamGraceMs: integerOrNull(row, "stream_grace_ms"),
    budgetStatus: budgetStatus(row),
    tags: list(row, "tags"),
  },
  limits: {
    addresses: list(row, "addresses"),
    expiresMs: integerOrNull(row, "expires_ms"),
    origins: list(row, "origins"),
  },
  name: text(row, "name"),
  origin: text(row, "origin") === "first-run" ? "first-run" : "admin",
  secret: secretFrom(row, ""),
  previous: previousOf(row),
  createdMs: integer(row, "created_ms"),
  rotatedMs: integerOrNull(row, "rotated_ms"),
  revokedMs: integerOrNull(row, "revoked_ms"),
});

const previousOf = (row: Row): KeyRecord["previous"] => {
  if (row["previous_hmac"] === null) return null;
  return { ...secretFrom(row, "previous_"), untilMs: integer(row, "previous_until_ms") };
};

const secretFrom = (row: Row, prefix: "" | "previous_"): KeySecret => ({
  hmac: bytes(row, `${prefix}hmac`),
  pepper: integer(row, `${prefix}pepper`),
  pair:
    row[`${prefix}access_key_id`] === null
      ? null
      : {
          accessKeyId: text(row, `${prefix}access_key_id`),
          salt: bytes(row, `${prefix}pair_salt`),
        },
});

const broken = (column: string, expected: string): Error =>
  new Error(`Cannot load keys: column ${column} is no ${expected}`);

const text = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== "string") throw broken(column, "text");
  return value;
};

const role = (row: Row): KeyRole => {
  const said = text(row, "role");
  const found = keyRoles.find((each) => each === said);
  if (found === undefined) throw broken("role", "role");
  return found;
};

const criticality = (row: Row): Criticality => {
  const said = text(row, "criticality");
  const found = criticalities.find((each) => each === said);
  if (found === undefined) throw broken("criticality", "criticality");
  return found;
};

const budgetStatus = (row: Row): BudgetStatus => {
  const said = integer(row, "budget_status");
  const found = budgetStatuses.find((each) => each === said);
  if (found === undefined) throw broken("budget_status", "status");
  return found;
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
