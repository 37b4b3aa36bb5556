import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Failure } from "../../failure/failure.ts";
import type { Clock } from "../../time/clock.ts";
import type { Migration } from "../migration.ts";
import { openForReading, openForWriting } from "./open-database.ts";
import { isForeign } from "../storage-failure.ts";

/** One row of the table `schema_migrations`. */
interface Applied {
  readonly name: string;
  readonly sha256: string;
}

const createTable = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at INTEGER NOT NULL
  ) STRICT`;

const refusal = (message: string, cause?: unknown): Failure =>
  new Failure("migration_refused", message, {}, cause);

const label = ({ number, name }: Pick<Migration, "number" | "name">): string =>
  `migration ${number} "${name}"`;

/** Of all its text. */
const digestOf = ({ sql, repeated }: Migration): string =>
  hash("sha256", sql + (repeated?.whileSql ?? "") + (repeated?.sql ?? ""), "hex");

/**
 * Brings the database file to the state that this program needs, creating it when missing. Safe
 * when several processes start at once. Throws Failure `migration_refused` when the list is wrong
 * or the file was written by a program that knew another list; the file is unchanged then.
 */
export const migrateFile = (
  path: string,
  migrations: readonly Migration[],
  clock: Clock,
): number => {
  const database = openForWriting(path);
  try {
    return migrate(database, migrations, clock);
  } finally {
    database.close();
  }
};

/**
 * Throws Failure `migration_refused` where `migrateFile` would since the file is another program's,
 * and looks before anything is done with it: also with what stands beside it.
 */
export const checkFile = (path: string, migrations: readonly Migration[]): void => {
  if (!existsSync(path)) return;
  const database = openForReading(path);
  try {
    const isOurs = database
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'")
      .get();
    if (isOurs !== undefined) checkApplied(readApplied(database), migrations, path);
  } catch (error) {
    if (!isForeign(error)) throw error;
    throw refusal(`Cannot open ${path}: it is no SQLite database; restore a backup of it`, error);
  } finally {
    database.close();
  }
};

/**
 * Like `migrateFile`, on an open connection outside a transaction. Returns how many migrations it
 * applied: all that are missing, by ascending number, each in a transaction of its own that
 * survives a power cut.
 */
export const migrate = (
  database: DatabaseSync,
  migrations: readonly Migration[],
  clock: Clock,
): number => {
  const ordered = [...migrations].sort((a, b) => a.number - b.number);
  checkList(ordered);
  database.exec("PRAGMA synchronous = FULL");
  inTransaction(database, () => database.exec(createTable));
  checkApplied(readApplied(database), ordered, database.location() ?? "the database");
  let count = 0;
  for (const migration of ordered) {
    if (readApplied(database).has(migration.number)) continue;
    if (apply(database, migration, clock)) count += 1;
  }
  return count;
};

const checkList = (ordered: readonly Migration[]): void => {
  let previous: Migration | null = null;
  for (const migration of ordered) {
    if (!Number.isSafeInteger(migration.number) || migration.number < 1) {
      throw refusal(`Cannot migrate: ${label(migration)} has no number from 1 up`);
    }
    if (previous?.number === migration.number) {
      throw refusal(`Cannot migrate: ${label(previous)} and "${migration.name}" share a number`);
    }
    previous = migration;
  }
};

const readApplied = (database: DatabaseSync): Map<number, Applied> => {
  const rows = database.prepare("SELECT number, name, sha256 FROM schema_migrations").all();
  return new Map(
    rows.map(({ number, name, sha256: digest }) => [
      Number(number),
      { name: String(name), sha256: String(digest) },
    ]),
  );
};

const checkApplied = (
  applied: ReadonlyMap<number, Applied>,
  migrations: readonly Migration[],
  file: string,
): void => {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, { name, sha256: digest }] of applied) {
    const migration = known.get(number);
    if (migration === undefined) {
      // Numbers are ranges of features: the one that is not known may be below others that are.
      throw refusal(
        `Cannot open ${file}: this data folder was written by a newer Sekisho, and this one does ` +
          `not know ${label({ number, name })}. Install the newer version again, or restore a ` +
          "backup of the folder from before it",
      );
    }
    const own = digestOf(migration);
    if (own !== digest) {
      throw refusal(
        `Cannot open ${file}: ${label(migration)} was applied with another text ` +
          `(${digest.slice(0, 12)} applied, ${own.slice(0, 12)} in this program)`,
      );
    }
  }
};

/** False when another process applied it in the meantime. */
const apply = (database: DatabaseSync, migration: Migration, clock: Clock): boolean => {
  const { number, name, sql, repeated } = migration;
  try {
    return inTransaction(database, () => {
      if (readApplied(database).has(number)) return false;
      database.exec(sql);
      if (repeated !== undefined) {
        const rest = database.prepare(repeated.whileSql);
        while (rest.get() !== undefined) database.exec(repeated.sql);
      }
      if (!database.isTransaction) throw new Error("its text ends the transaction it runs in");
      database
        .prepare("INSERT INTO schema_migrations VALUES (?, ?, ?, ?)")
        .run(number, name, digestOf(migration), clock.wallMs());
      return true;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refusal(`Cannot apply ${label(migration)}: ${reason}`, error);
  }
};

const inTransaction = <T>(database: DatabaseSync, run: () => T): T => {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = run();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
};
