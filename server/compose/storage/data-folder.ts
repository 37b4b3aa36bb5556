import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { lockFile } from "@sekisho/lib/storage/database/file-lock.ts";

/** The folder of everything durable, held by one process at a time. */
export interface DataFolder extends Disposable {
  readonly path: string;
  file(name: string): string;
}

/** Instead of a path: a folder of this process alone, which goes with it. */
export const ephemeralData = ":memory:";

/**
 * Opens the folder and holds it, for this process or for those that it supervises: who closes the
 * calls that a crash has left open must know that nobody has them. Throws Failure `conflict` when
 * another process has it. `ephemeralData` makes a folder among the machine's temporary ones, since
 * the writer's thread and the readers share files alone, and removes it when it is disposed of.
 */
export function openDataFolder(asked: string): DataFolder {
  const isEphemeral = asked === ephemeralData;
  const path = isEphemeral ? madeFolder(asked, ephemeralFolder) : asked;
  if (!isEphemeral) madeFolder(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const lock = lockFile(join(path, "lock.db"));
  if (lock === null) {
    throw new Failure(
      "conflict",
      `Cannot use data folder "${path}": another process of Sekisho holds it`,
    );
  }
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]() {
      lock[Symbol.dispose]();
      if (isEphemeral) rmSync(path, { recursive: true, force: true });
    },
  };
}

const ephemeralFolder = (): string => mkdtempSync(join(tmpdir(), "sekisho-memory-"));

function madeFolder<T>(asked: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new Failure(
      "conflict",
      `Cannot use data folder "${asked}": it is no folder and none can be made there (${why})`,
      {},
      cause,
    );
  }
}
