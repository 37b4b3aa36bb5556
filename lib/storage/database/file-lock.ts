import { DatabaseSync } from "node:sqlite";
import { makePrivate } from "./make-private.ts";

/**
 * Holds a file for this process until disposed or until the process ends, however it ends: the lock
 * is SQLite's own, which the system takes back. Null when another process holds it.
 */
export function lockFile(path: string): Disposable | null {
  makePrivate(path);
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch {
    database.close();
    return null;
  }
  return { [Symbol.dispose]: () => database.close() };
}
