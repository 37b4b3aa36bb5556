import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { EndedAsked } from "@sekisho/gateway/responses/store/sqlite.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

/** The files that are bounded, and what there is to drop of them. */
export interface DiskFiles {
  usedBytes(): number;
  dropEmpty(): Promise<void>;
  /** Those that have ended, the oldest first; those under way are never among them. */
  oldestEnded(asked: EndedAsked): readonly string[];
  /** Takes one away for good. */
  take(id: string): Promise<void>;
  /** Resolves when the names of these calls stand for nothing any more, as after their time. */
  forget(ids: readonly string[]): Promise<void>;
}

export interface StreamDiskParts {
  readonly files: DiskFiles;
  readonly limitBytes: number;
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
}

const lookMs = 1_000;
/** Taken away at once: others who write to the file wait for it. */
const batch: EndedAsked = { count: 64, bytes: 16 * 1_024 * 1_024 };
/** Down to this share of the limit: not each new answer is to cost an old one. */
const spareShare = 0.95;

/**
 * Keeps what recorded answers have on the disk below a limit: the oldest that have ended go first.
 * Their names go before them, so that a crash in between leaves no name without its answer.
 */
export class StreamDisk implements Disposable {
  readonly #parts: StreamDiskParts;
  readonly #evicted;
  #usedBytes = 0;
  #isFull = false;
  #hasFailed = false;
  #isOpen = true;
  #timer: Timer | null = null;

  constructor(parts: StreamDiskParts) {
    this.#parts = parts;
    const { metrics, limitBytes } = parts;
    this.#evicted = metrics
      .counter({
        name: "sekisho_streams_evicted_total",
        help: "Answers dropped before their time, as those that are kept filled the disk's share",
      })
      .with({});
    metrics.observedGauge(
      { name: "sekisho_streams_disk_bytes", help: "What answers that are kept have on the disk" },
      () => this.#usedBytes,
    );
    metrics.observedGauge(
      { name: "sekisho_streams_disk_limit_bytes", help: "What they may have" },
      () => limitBytes,
    );
    this.#lookLater(0);
  }

  /** At the limit, and nothing is left that could be dropped. */
  get isFull(): boolean {
    return this.#isFull;
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#timer?.cancel();
  }

  #lookLater(waitMs = lookMs): void {
    if (this.#isOpen) this.#timer = this.#parts.clock.after(waitMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#makeRoom();
      this.#hasFailed = false;
    } catch (error) {
      // What cannot be dropped now is dropped in a later look; meanwhile nothing more is kept.
      this.#become(this.#usedBytes > this.#parts.limitBytes);
      const event = "stream.evicted";
      const isNews = this.#isOpen && !this.#hasFailed;
      if (isNews) log.error("answers that are kept could not be dropped", { event, error });
      this.#hasFailed = true;
    }
    this.#lookLater();
  }

  async #makeRoom(): Promise<void> {
    const { files, limitBytes, log } = this.#parts;
    this.#usedBytes = files.usedBytes();
    let count = 0;
    if (this.#usedBytes > limitBytes) {
      const target = limitBytes * spareShare;
      while (this.#isOpen && this.#usedBytes > target) {
        const bytes = Math.min(this.#usedBytes - target, batch.bytes);
        const ids = files.oldestEnded({ count: batch.count, bytes });
        if (ids.length === 0) break;
        await files.forget(ids);
        await Promise.all(ids.map((id) => files.take(id)));
        await files.dropEmpty();
        count += ids.length;
        this.#usedBytes = files.usedBytes();
      }
    }
    if (count > 0) {
      this.#evicted.add(count);
      const event = "stream.evicted";
      log.warn("kept answers were dropped before their time", { event, count });
    }
    this.#become(this.#usedBytes > limitBytes);
  }

  #become(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    const { log, limitBytes } = this.#parts;
    const facts = { event: "stream.disk", used: this.#usedBytes, limit: limitBytes };
    if (isFull) log.error("no more answers can be kept: streams.maxDiskBytes is used", facts);
    else log.info("answers can be kept again", facts);
  }
}
