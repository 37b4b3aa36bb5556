import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Failure } from "@sekisho/lib/failure/failure.ts";

/** The folder of everything durable, held by one process at a time. */
export interface DataFolder extends Disposable {
  readonly path: string;
  file(name: string): string;
}

/**
 * Opens the folder and holds it: budgets live in this process, and two on one folder would each
 * spend them. The lock is SQLite's own on a file of its own, so it ends with the process, however
 * that ends. Throws Failure `conflict` when another process has it.
 */
export function openDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(path, "lock.db"), { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new Failure(
      "conflict",
      `Cannot use data folder "${path}": another process of Sekisho holds it`,
      {},
      cause,
    );
  }
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => lock.close(),
  };
}
