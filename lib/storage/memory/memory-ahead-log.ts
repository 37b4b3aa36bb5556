import { Buffer } from "node:buffer";
import { decodeBlocks, encodeBlock } from "../ahead/ahead-block.ts";
import type { AheadLog } from "../ahead/ahead-log.ts";
import { logNames, takeOverAhead, type Heir, type LeftLog } from "../ahead/recover-ahead.ts";
import type { Write } from "../writer.ts";
import type { KeptLog, MemoryDisk } from "./memory-disk.ts";

/** A quarter of what the two files of the real one hold when each is of one call. */
const maxBlocks = 1_024;

/** The log of a process ahead of the database of a simulated disk. */
export class MemoryAheadLog implements AheadLog {
  readonly name: string;
  readonly #kept: KeptLog = { blocks: [], isSeized: false };
  #place = 0;
  #appliedPlace = 0;

  constructor(disk: MemoryDisk, name: string) {
    this.name = name;
    disk.ahead.set(name, this.#kept);
  }

  append(writes: readonly Write[]): number | null {
    const { blocks, isSeized } = this.#kept;
    if (isSeized || (blocks.length >= maxBlocks && !this.#turn())) return null;
    this.#place += 1;
    blocks.push(encodeBlock({ place: this.#place, writes }));
    return this.#place;
  }

  applied(place: number): void {
    this.#appliedPlace = place;
  }

  /** As the two files in turn: what the database has stays until its half is needed. */
  #turn(): boolean {
    if (this.#place - this.#appliedPlace > maxBlocks / 2) return false;
    this.#kept.blocks.splice(0, maxBlocks / 2);
    return true;
  }
}

/** The log of this name on a simulated disk. */
export const leftOnDisk = (disk: MemoryDisk, name: string): LeftLog => ({
  name,
  seize() {
    const kept = disk.ahead.get(name);
    if (kept === undefined) return [];
    kept.isSeized = true;
    return decodeBlocks(Buffer.concat(kept.blocks));
  },
  remove: () => disk.ahead.delete(name),
});

/** As `recoverAheadFiles`: for a process that has the disk for itself. */
export function recoverDisk(disk: MemoryDisk): number {
  const heir = heirOf(disk);
  const names = logNames(disk.database);
  return names.reduce((sum, name) => sum + takeOverAhead(heir, leftOnDisk(disk, name)), 0);
}

/** Whoever writes to a simulated disk. */
export const heirOf = (disk: MemoryDisk): Heir => ({
  database: disk.database,
  transactions: disk,
  step: () => {},
});
