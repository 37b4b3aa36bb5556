import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ReadableStreams } from "@sekisho/gateway/responses/store/shared.ts";
import {
  hourOf,
  SqliteStreamStore,
  type StreamFiles,
} from "@sekisho/gateway/responses/store/sqlite.ts";
import { SqliteReader } from "@sekisho/lib/storage/database/sqlite-reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { streamFileName } from "./stream-files.ts";

export interface NeighbourOptions {
  /** The data folder of all processes. */
  readonly folder: string;
  /** Where this process keeps its own. */
  readonly own: string;
  readonly clock: Clock;
}

/** How long is believed which folders there are. */
const lookMs = 1_000;
/** Of one neighbour; the oldest hours are closed for others. */
const openHours = 4;

const workerFolder = /^worker-\d{1,4}$/;

/** The files of streams of the other processes on a data folder, to be read alone. */
export class NeighbourStreams implements Disposable {
  readonly #options: NeighbourOptions;
  readonly #stores = new Map<string, { files: NeighbourFiles; store: ReadableStreams }>();
  #lookedMs = -Infinity;

  constructor(options: NeighbourOptions) {
    this.#options = options;
  }

  readonly all = (): readonly ReadableStreams[] => {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedMs >= lookMs) {
      this.#lookedMs = nowMs;
      this.#look();
    }
    return [...this.#stores.values()].map(({ store }) => store);
  };

  [Symbol.dispose](): void {
    for (const { files } of this.#stores.values()) files.close();
    this.#stores.clear();
  }

  #look(): void {
    const { folder, own, clock } = this.#options;
    const workers = readdirSync(folder).filter((name) => workerFolder.test(name));
    for (const path of [folder, ...workers.map((name) => join(folder, name))]) {
      if (path === own || this.#stores.has(path)) continue;
      const files = new NeighbourFiles(path, clock);
      this.#stores.set(path, { files, store: new SqliteStreamStore(files, clock) });
    }
  }
}

/** Files that another process makes, writes and drops. */
class NeighbourFiles implements StreamFiles {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #readers = new Map<number, SqliteReader>();

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  hours(): readonly number[] {
    return [...this.#readers.keys()];
  }

  writer(hour: number): Promise<Writer> {
    return Promise.reject(new Error(`Another process writes the streams of the hour ${hour}`));
  }

  reader(hour: number): SqliteReader | null {
    if (hour > hourOf(this.#clock.wallMs())) return null;
    const known = this.#readers.get(hour);
    const file = join(this.#path, streamFileName(hour));
    if (!existsSync(file)) {
      // Dropped by who has made it.
      known?.close();
      this.#readers.delete(hour);
      return null;
    }
    if (known !== undefined) return known;
    const reader = SqliteReader.open(file);
    this.#readers.set(hour, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > openHours && oldest !== undefined) {
      this.#readers.get(oldest)?.close();
      this.#readers.delete(oldest);
    }
    return reader;
  }

  /** Its process does, when it is asked to. */
  scrub(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }
}
