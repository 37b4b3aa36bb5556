import { Buffer } from "node:buffer";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { decodeBlocks, encodeBlock, type AheadBlock } from "./ahead-block.ts";
import type { AheadLog } from "./ahead-log.ts";
import type { Write } from "./writer.ts";

/** Of one file. Two of them hold what 2,000 calls a second write in a second. */
const defaultFileBytes = 1_048_576;

const pathsOf = (path: string): [string, string] => [`${path}-ahead-0`, `${path}-ahead-1`];

/** What is left of a process that used them, in the files beside this database. */
export const readAheadFiles = (path: string): AheadBlock[] =>
  pathsOf(path).flatMap((each) => decodeBlocks(bytesOf(each)));

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return Buffer.alloc(0);
    }
    throw error;
  }
}

export interface AheadFilesOptions {
  /** The database's file, beside which they stand. */
  readonly path: string;
  /** How far the database is. */
  readonly place: number;
  readonly fileBytes?: number;
  /** Called before and after something becomes durable. */
  readonly step: () => void;
}

interface AheadFile {
  readonly path: string;
  readonly handle: number;
  bytes: number;
  lastPlace: number;
}

/**
 * Two files in turn: one is written from its beginning again when the database has all that is in
 * it. What stood behind the new blocks is of smaller places.
 */
export class AheadFiles implements AheadLog, Disposable {
  readonly #fileBytes: number;
  readonly #step: () => void;
  #current: AheadFile;
  #other: AheadFile;
  #place: number;
  #appliedPlace: number;

  /** Empties the files: the database must have what `readAheadFiles` has found in them. */
  constructor({ path, place, fileBytes, step }: AheadFilesOptions) {
    this.#fileBytes = fileBytes ?? defaultFileBytes;
    this.#step = step;
    this.#place = place;
    this.#appliedPlace = place;
    const [first, second] = pathsOf(path);
    this.#current = openFile(first, place);
    this.#other = openFile(second, place);
  }

  append(writes: readonly Write[]): number | null {
    const bytes = encodeBlock({ place: this.#place + 1, writes });
    if (this.#current.bytes + bytes.length > this.#fileBytes && !this.#turn()) return null;
    if (bytes.length > this.#fileBytes) return null;
    const file = this.#current;
    this.#step();
    try {
      if (writeSync(file.handle, bytes, 0, bytes.length, file.bytes) < bytes.length) return null;
    } catch {
      // The disk is full, or gone: the database will say it in words.
      return null;
    }
    this.#step();
    file.bytes += bytes.length;
    this.#place += 1;
    file.lastPlace = this.#place;
    return this.#place;
  }

  applied(place: number): void {
    this.#appliedPlace = Math.max(this.#appliedPlace, place);
  }

  /** What the database does not have yet stays. */
  [Symbol.dispose](): void {
    for (const { handle, path, lastPlace } of [this.#current, this.#other]) {
      closeSync(handle);
      if (lastPlace <= this.#appliedPlace) rmSync(path, { force: true });
    }
  }

  /** False where the database does not have yet what is in the other one. */
  #turn(): boolean {
    if (this.#other.lastPlace > this.#appliedPlace) return false;
    [this.#current, this.#other] = [this.#other, this.#current];
    this.#current.bytes = 0;
    return true;
  }
}

function openFile(path: string, place: number): AheadFile {
  const handle = openSync(path, "w", 0o600);
  return { path, handle, bytes: 0, lastPlace: place };
}
