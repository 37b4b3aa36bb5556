import { Buffer } from "node:buffer";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import type { Write } from "../writer.ts";
import { decodeBlocks, encodeBlock, type AheadBlock } from "./ahead-block.ts";
import type { AheadLog } from "./ahead-log.ts";

/** Of one file. Two of them hold what 2,000 calls a second write in a second. */
const defaultFileBytes = 1_048_576;

/** What the names of all files begin with that stand beside this database. */
export const aheadPrefix = (path: string): string => `${path}-ahead-`;

const pathsOf = (path: string, name: string): readonly [string, string] => [
  `${aheadPrefix(path)}${name}-0`,
  `${aheadPrefix(path)}${name}-1`,
];

const seized = (path: string): string => `${path}-taken`;

/** What is in the files of a log, whoever has them. */
export const readAheadFiles = (path: string, name: string): AheadBlock[] =>
  pathsOf(path, name).flatMap((each) => [
    ...decodeBlocks(bytesOf(each)),
    ...decodeBlocks(bytesOf(seized(each))),
  ]);

/**
 * Takes the files of a log from their process: nothing that it writes to them from now on is
 * acknowledged, since it finds them gone. Returns what is in them; it may be asked for again.
 */
export const seizeAheadFiles = (path: string, name: string): AheadBlock[] => {
  const paths = pathsOf(path, name);
  for (const each of paths) ifThere(() => renameSync(each, seized(each)));
  return paths.flatMap((each) => decodeBlocks(bytesOf(seized(each))));
};

/** When the database has what was in them. */
export const removeSeizedFiles = (path: string, name: string): void => {
  for (const each of pathsOf(path, name)) rmSync(seized(each), { force: true });
};

/** What stands in a file of a version that had one log for a database. */
export const bytesOf = (path: string): Buffer =>
  ifThere(() => readFileSync(path)) ?? Buffer.alloc(0);

function ifThere<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export interface AheadFilesOptions {
  /** The database's file, beside which they stand. */
  readonly path: string;
  readonly name: string;
  readonly fileBytes?: number;
  /** May another process take the files while this one lives? Each block then costs a look. */
  readonly isShared: boolean;
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
  readonly name: string;
  readonly #fileBytes: number;
  readonly #isShared: boolean;
  readonly #step: () => void;
  #current: AheadFile;
  #other: AheadFile;
  #place = 0;
  #appliedPlace = 0;

  /** Empties the files, of which the database needs nothing. */
  constructor({ path, name, fileBytes, isShared, step }: AheadFilesOptions) {
    this.name = name;
    this.#fileBytes = fileBytes ?? defaultFileBytes;
    this.#isShared = isShared;
    this.#step = step;
    const [first, second] = pathsOf(path, name);
    this.#current = openFile(first);
    this.#other = openFile(second);
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
    // Behind the write: whoever takes the file after this look reads what was written.
    if (this.#isShared && !existsSync(file.path)) {
      takeBack(file);
      return null;
    }
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

/**
 * Without a head a block is none: its writes take the way of those that are not kept, and would be
 * there twice for whoever reads the file from now on.
 */
function takeBack({ handle, bytes }: AheadFile): void {
  try {
    writeSync(handle, noHead, 0, noHead.length, bytes);
  } catch {
    // The database refuses what it is given twice of a call that is open.
  }
}

const noHead = Buffer.alloc(8);

function openFile(path: string): AheadFile {
  const handle = openSync(path, "w", 0o600);
  return { path, handle, bytes: 0, lastPlace: 0 };
}
