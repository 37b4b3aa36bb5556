import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { nothing, type Amounts } from "./amounts.ts";
import type { Budgets, Hold } from "./budget/budgets.ts";
import type { Call } from "./call.ts";
import type { RetryBudgets } from "./dispatch/retry-budgets.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { settlementRows, subjectOf, type Settlement } from "./ledger/settlement.ts";
import type { RequestRates } from "./limits/request-rates.ts";
import type { CallFinished } from "./observe/call-finished.ts";
import type { Plan } from "./plan.ts";

/** Who keeps the books of calls. */
export interface CallBooksParts {
  readonly rates: RequestRates;
  readonly budgets: Budgets;
  readonly ledger: Ledger;
  readonly writer: Writer;
  readonly retries: Pick<RetryBudgets, "settled">;
  readonly finished: CallFinished;
}

/** The money of a call in its three steps, in this order: reserved, intended, settled. */
export class CallBooks {
  readonly #parts: CallBooksParts;

  constructor(parts: CallBooksParts) {
    this.#parts = parts;
  }

  /**
   * Throws Failure where a budget refuses it; nothing is held then. `isRefunded` gives its place in
   * the key's rate back.
   */
  reserve(call: Call, amounts: Amounts, isRefunded: boolean): Hold {
    const { rates, budgets } = this.#parts;
    try {
      return budgets.reserve(call, amounts);
    } catch (refusal) {
      if (isRefunded) rates.refund(call.principal);
      throw refusal;
    }
  }

  /** The intent is durable before the first attempt: a crash in between leaves a trace (MON-10). */
  async intend(call: Call, { attempts: [first] }: Plan, hold: Hold): Promise<void> {
    const { rates, budgets, ledger, writer } = this.#parts;
    try {
      const intent = ledger.intent({
        id: call.id,
        timeMs: call.arrivedWallMs,
        subject: subjectOf(call, first?.target ?? null),
        reserved: hold.amounts,
        priceVersion: first?.price?.version ?? null,
        accounts: hold.windows,
      });
      await writer.commit([intent], "process");
    } catch (failure) {
      budgets.settle(hold, nothing);
      rates.refund(call.principal);
      throw failure;
    }
  }

  /** One transaction: the terminal rows, the roll-up, the budget, the end of the intent. */
  settle(settlement: Settlement, hold: Hold, spent: Amounts): void {
    const { budgets, retries, ledger, writer, finished } = this.#parts;
    // First of all: whatever becomes of the rows, nothing stays held.
    const spending = budgets.settle(hold, spent);
    writer.enqueue([...ledger.terminal(settlementRows(settlement)), ...spending]);
    retries.settled(settlement.costNanoUsd);
    // The end of the answer leaves first.
    queueMicrotask(() => finished.record(settlement));
  }
}
