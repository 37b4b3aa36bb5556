import type { AlertBook } from "@sekisho/gateway/budget/alert-book.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const firstTrimMs = 1_000;
const trimMs = 10_000;
const forgetMs = 86_400_000;

export interface UpkeepParts {
  readonly clock: Clock;
  readonly budgets: Pick<Budgets, "trim" | "forgetOld">;
  readonly alerts: Pick<AlertBook, "tellWaiting">;
  readonly writer: Pick<Writer, "enqueue" | "flush">;
  /** Of several processes one forgets what is old in the file. */
  readonly leads: () => boolean;
}

/**
 * Keeps the accounts in memory few and those in the store young, and tells what the store could not
 * take before.
 */
export class BudgetUpkeep implements Disposable {
  readonly #parts: UpkeepParts;
  #forgetAtMs = -Infinity;
  #timer: Timer;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
    this.#timer = this.#arm(firstTrimMs);
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #arm(delayMs: number): Timer {
    return this.#parts.clock.after(delayMs, () => this.#look());
  }

  #look(): void {
    const { clock, budgets, alerts, writer, leads } = this.#parts;
    // When the store cannot say that it has all, nothing is forgotten until the next look.
    budgets.trim(() => writer.flush()).catch(() => {});
    alerts.tellWaiting().catch(() => {});
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#forgetAtMs && leads()) {
      this.#forgetAtMs = nowMs + forgetMs;
      writer.enqueue(budgets.forgetOld());
    }
    this.#timer = this.#arm(trimMs);
  }
}
