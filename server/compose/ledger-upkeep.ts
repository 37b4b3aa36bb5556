import { markLedger } from "@sekisho/gateway/ledger/ledger-marks.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const markMs = 60_000;

export interface LedgerUpkeepParts {
  readonly clock: Clock;
  readonly reader: Reader;
  readonly writer: Pick<Writer, "enqueue">;
  readonly log: GatewayLog;
}

/** Marks where the ledger ends, once a minute (MON-14). */
export class LedgerUpkeep implements Disposable {
  readonly #parts: LedgerUpkeepParts;
  #timer: Timer;

  constructor(parts: LedgerUpkeepParts) {
    this.#parts = parts;
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#parts.clock.after(markMs, () => this.#look());
  }

  #look(): void {
    const { clock, reader, writer, log } = this.#parts;
    try {
      writer.enqueue(markLedger(reader, clock.wallMs()));
    } catch (error) {
      log.error("the ledger was not marked", { error });
    }
    this.#timer = this.#arm();
  }
}
