import { Buffer } from "node:buffer";
import { decodeBlocks, encodeBlock } from "./ahead-block.ts";
import type { AheadLog } from "./ahead-log.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { recoverAhead } from "./recover-ahead.ts";
import type { Write } from "./writer.ts";

/** As many as the two files of the real one hold when each is of one call. */
const maxBlocks = 4_096;

/** The log ahead of the database of a simulated disk. What was in it is recovered first. */
export class MemoryAheadLog implements AheadLog {
  readonly #blocks: Buffer[];
  #place: number;
  #appliedPlace: number;

  constructor(disk: MemoryDisk) {
    this.#blocks = disk.ahead;
    const left = decodeBlocks(Buffer.concat(disk.ahead));
    const { place } = recoverAhead(disk.database, disk, left);
    disk.ahead.length = 0;
    this.#place = place;
    this.#appliedPlace = place;
  }

  append(writes: readonly Write[]): number | null {
    if (this.#blocks.length >= maxBlocks) return null;
    this.#place += 1;
    this.#blocks.push(encodeBlock({ place: this.#place, writes }));
    return this.#place;
  }

  applied(place: number): void {
    this.#blocks.splice(0, place - this.#appliedPlace);
    this.#appliedPlace = place;
  }
}
