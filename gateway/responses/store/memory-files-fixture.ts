import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { streamMigrations } from "./migrations.sql.ts";
import type { StreamFiles } from "./sqlite.ts";

/** The disk of a machine that has files of streams; it outlives the processes that write them. */
export class MemoryStreamDisk {
  readonly #clock: Clock;
  readonly #disks = new Map<number, MemoryDisk>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hours(): readonly number[] {
    return [...this.#disks.keys()];
  }

  of(hour: number): MemoryDisk | null {
    return this.#disks.get(hour) ?? null;
  }

  make(hour: number): MemoryDisk {
    const known = this.#disks.get(hour);
    if (known !== undefined) return known;
    const disk = new MemoryDisk(this.#clock);
    migrate(disk.database, streamMigrations, this.#clock);
    this.#disks.set(hour, disk);
    return disk;
  }
}

/** The files as one process sees them: it can be killed, and its writers can be made to fail. */
export class MemoryStreamFiles implements StreamFiles {
  readonly #disk: MemoryStreamDisk;
  readonly #clock: Clock;
  readonly #writers = new Map<number, MemoryWriter>();
  readonly #readers = new Map<number, Reader>();

  constructor(disk: MemoryStreamDisk, clock: Clock) {
    this.#disk = disk;
    this.#clock = clock;
  }

  hours(): readonly number[] {
    return this.#disk.hours;
  }

  async writer(hour: number): Promise<Writer> {
    const known = this.#writers.get(hour);
    if (known !== undefined) return known;
    const disk = this.#disk.make(hour);
    const writer = new MemoryWriter({ disk, clock: this.#clock, onLoss: () => {} });
    this.#writers.set(hour, writer);
    return writer;
  }

  reader(hour: number): Reader | null {
    const known = this.#readers.get(hour) ?? this.#disk.of(hour)?.openReader() ?? null;
    if (known !== null) this.#readers.set(hour, known);
    return known;
  }

  scrub(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Every write from now on fails. */
  fail(): void {
    const error = { code: "storage_unavailable", message: "the disk is full" } as const;
    for (const writer of this.#writers.values()) writer.failWith(error);
  }

  crash(): void {
    for (const writer of this.#writers.values()) writer.crash();
  }
}
