import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { lockFile } from "@sekisho/lib/storage/file-lock.ts";

/** The folder of everything durable, held by one process at a time. */
export interface DataFolder extends Disposable {
  readonly path: string;
  file(name: string): string;
}

/**
 * Opens the folder and holds it: budgets live in this process, and two on one folder would each
 * spend them. Throws Failure `conflict` when another process has it.
 */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new Failure(
      "conflict",
      `Cannot use data folder "${path}": it is no folder and none can be made there (${why})`,
      {},
      cause,
    );
  }
  const lock = lockFile(join(path, "lock.db"));
  if (lock === null) {
    throw new Failure(
      "conflict",
      `Cannot use data folder "${path}": another process of Sekisho holds it`,
    );
  }
  return { path, file: (name) => join(path, name), [Symbol.dispose]: () => lock[Symbol.dispose]() };
}
