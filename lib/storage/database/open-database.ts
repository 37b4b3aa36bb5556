import { DatabaseSync } from "node:sqlite";
import { registerChainFunctions } from "../chains/chain-functions.ts";
import { isBusy } from "../storage-failure.ts";
import { registerHistogramFunctions } from "./histogram-functions.ts";
import { makePrivate } from "./make-private.ts";

/** How long a statement waits for another process that holds the file. */
const busyTimeoutMs = 5_000;

/** How long the thread sleeps between two tries at what SQLite does not wait for by itself. */
const pauseMs = 5;

/** A connection that may write, in WAL mode. Creates the file, for its owner alone. */
export const openForWriting = (path: string): DatabaseSync => {
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    switchToWal(database);
    registerHistogramFunctions(database);
    registerChainFunctions(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * Makes a file that gives back to the disk what is deleted in it, with each commit: the place of
 * deleted pages is filled from its end. Deleting takes a third longer. One that is there stays as
 * it is.
 */
export const createShrinking = (path: string): void => {
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // Counts only for a file that has nothing in it; the change of its mode writes it down.
    database.exec("PRAGMA auto_vacuum = FULL");
    switchToWal(database);
  } finally {
    database.close();
  }
};

/** A connection that cannot write. The file must exist. */
export const openForReading = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs, readOnly: true });
  registerHistogramFunctions(database);
  registerChainFunctions(database);
  return database;
};

/**
 * Changing the mode needs the file for itself, and SQLite gives up at once when another process
 * changes it too: 1 % of simultaneous first starts.
 */
const switchToWal = (database: DatabaseSync): void => {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= busyTimeoutMs) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
};
