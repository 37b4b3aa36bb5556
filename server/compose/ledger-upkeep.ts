import { dayMs, dropOldest, sealDays, sealWrite } from "@sekisho/gateway/ledger/ledger-days.ts";
import { markLedger } from "@sekisho/gateway/ledger/ledger-marks.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { hexOf } from "@sekisho/lib/storage/chain-hash.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const lookMs = 60_000;

/** Steps of dropping in one look: 100,000 calls, 144 million a day. */
const dropsInLook = 200;

export interface LedgerUpkeepParts {
  readonly clock: Clock;
  readonly reader: Reader;
  readonly writer: Pick<Writer, "commit">;
  readonly log: GatewayLog;
  /** How long calls are kept, in days that are over; null for ever. */
  readonly keepDays: () => number | null;
}

/** Marks where the ledger ends, seals days that are over and drops old ones (MON-14). */
export class LedgerUpkeep implements Disposable {
  readonly #parts: LedgerUpkeepParts;
  #timer: Timer;
  #isOver = false;

  constructor(parts: LedgerUpkeepParts) {
    this.#parts = parts;
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#parts.clock.after(lookMs, () => {
      this.#look()
        .catch((error: unknown) => {
          // Nothing is lost: the next look does what this one could not.
          if (!this.#isOver) this.#parts.log.error("the ledger was not kept up", { error });
        })
        .finally(() => {
          if (!this.#isOver) this.#timer = this.#arm();
        });
    });
  }

  async #look(): Promise<void> {
    const { clock, reader, writer } = this.#parts;
    const nowMs = clock.wallMs();
    const marks = markLedger(reader, nowMs);
    if (marks.length > 0) await writer.commit(marks, "process");
    await this.#seal(nowMs);
    await this.#drop(nowMs);
  }

  async #seal(nowMs: number): Promise<void> {
    const { reader, writer, log } = this.#parts;
    const days = sealDays(reader, nowMs);
    if (days.length === 0) return;
    await writer.commit(days.map(sealWrite), "power");
    for (const { day, seal } of days) {
      log.info("a day of the ledger is sealed", { object: String(day), auditHash: hexOf(seal) });
    }
  }

  async #drop(nowMs: number): Promise<void> {
    const { reader, writer, keepDays } = this.#parts;
    const kept = keepDays();
    if (kept === null) return;
    const beforeDay = Math.floor(nowMs / dayMs) - kept;
    for (let step = 0; step < dropsInLook && !this.#isOver; step++) {
      const writes = dropOldest(reader, beforeDay);
      if (writes.length === 0) return;
      await writer.commit(writes, "process");
    }
  }
}
