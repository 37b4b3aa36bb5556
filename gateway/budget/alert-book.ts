import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { BudgetAlert, BudgetEvent } from "../budget-alert.ts";
import type { BudgetStore } from "./budget-store.ts";

/** So many wait for a store that cannot write, some 3 MB. */
const usualWaitingLimit = 10_000;

export interface AlertBookParts {
  readonly clock: Clock;
  readonly ids: Pick<IdSource, "newBody">;
  readonly writer: Pick<Writer, "commit">;
  readonly store: Pick<BudgetStore, "told" | "isTold">;
  /** It is on the file, and nobody else has told it. */
  readonly told: (event: BudgetEvent) => void;
  /** More wait than may: this one is forgotten. */
  readonly lost: () => void;
  /** Default: 10,000. */
  readonly waitingLimit?: number;
}

/**
 * Whoever has an alert on the file first tells it (MON-12): of several processes one, and none that
 * comes after a process which has told it. What a crash has booked is told by the next call.
 */
export class AlertBook {
  readonly #parts: AlertBookParts;
  readonly #waitingLimit: number;
  #waiting: BudgetEvent[] = [];
  #isTelling = false;

  constructor(parts: AlertBookParts) {
    this.#parts = parts;
    this.#waitingLimit = parts.waitingLimit ?? usualWaitingLimit;
  }

  /** How many wait for the store. */
  get waiting(): number {
    return this.#waiting.length;
  }

  tell(alert: BudgetAlert): void {
    const { clock, ids } = this.#parts;
    const event: BudgetEvent = { ...alert, id: ids.newBody(), atMs: clock.wallMs() };
    void this.#add(event, false).then((isOver) => {
      if (isOver) return;
      if (this.#waiting.length < this.#waitingLimit) this.#waiting.push(event);
      else this.#parts.lost();
    });
  }

  /** Tries once more what the store could not write, in its order, until it cannot again. */
  async tellWaiting(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let [event] = this.#waiting; event !== undefined; [event] = this.#waiting) {
        if (!(await this.#add(event, true))) return;
        this.#waiting.shift();
      }
    } finally {
      this.#isTelling = false;
    }
  }

  /** False where the store can say neither that the event is added nor that there is such a one. */
  async #add(event: BudgetEvent, isAgain: boolean): Promise<boolean> {
    const { writer, store, told } = this.#parts;
    try {
      await writer.commit([store.told(event)], "process");
    } catch (error) {
      if (!isConflict(error)) return false;
      // A commit of which nothing was heard may have come to the file all the same.
      if (!isAgain || !store.isTold(event)) return true;
    }
    told(event);
    return true;
  }
}
