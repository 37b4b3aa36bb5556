import { Failure } from "../failure/failure.ts";

/**
 * *storage_conflict*: the writes break a constraint and none of them was applied; the same writes
 * fail again. *storage_unavailable*: disk full, IO error, locked, overloaded or closed; the writes
 * may or may not be found after a restart.
 */
export type StorageFailureCode = "storage_unavailable" | "storage_conflict";

/** A failure on its way out of the writer's thread. */
export interface StorageError {
  readonly code: StorageFailureCode;
  readonly message: string;
}

/**
 * Primary result codes of SQLite: a statement that is wrong, another connection holds the file, a
 * constraint is broken, a value of the wrong type, a file of something else.
 */
const sqliteError = 1;
const sqliteBusy = 5;
const sqliteConstraint = 19;
const sqliteMismatch = 20;
const sqliteNotADatabase = 26;

const refusals: readonly number[] = [sqliteError, sqliteConstraint, sqliteMismatch];

const sqliteCode = (error: unknown): number | null =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode
    : null;

/** Another connection holds the file, and waiting for it was no use or not tried. */
export const isBusy = (error: unknown): boolean => ((sqliteCode(error) ?? 0) & 0xff) === sqliteBusy;

/** The file is none of SQLite's. */
export const isForeign = (error: unknown): boolean => sqliteCode(error) === sqliteNotADatabase;

/** Would the same writes be refused whenever they are tried again? */
export const isRefusal = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code === null || refusals.includes(code & 0xff);
};

/** Sorts what SQLite threw. Its messages name tables and columns, never values. */
export const storageError = (error: unknown): StorageError => {
  const code = sqliteCode(error);
  const text = error instanceof Error ? error.message : String(error);
  return {
    code:
      code !== null && (code & 0xff) === sqliteConstraint
        ? "storage_conflict"
        : "storage_unavailable",
    message: code === null ? text : `${text} (SQLite ${code})`,
  };
};

/** `action` starts with a verb in lower case: "commit 3 writes". */
export const storageFailure = (
  action: string,
  { code, message }: StorageError,
): Failure<StorageFailureCode> => new Failure(code, `Cannot ${action}: ${message}`);

/** Was a commit refused because it breaks a constraint? Nothing of it was applied then. */
export const isConflict = (error: unknown): boolean =>
  error instanceof Failure && error.code === "storage_conflict";
