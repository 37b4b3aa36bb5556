import { isConflict, storageFailure } from "@sekisho/lib/storage/storage-failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { atMost, nothing, type Amounts } from "../amounts.ts";
import type { Admitted } from "../admission/admission.ts";
import type { CallResult } from "../attempt.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Budgets, Hold } from "../budget/budgets.ts";
import type { Call } from "../call.ts";
import type { RetryBudgets } from "../dispatch/retry-budgets.ts";
import type { Ledger } from "../ledger/ledger.ts";
import {
  settle,
  settlementRows,
  spentOf,
  subjectOf,
  type Settlement,
} from "../ledger/settlement.ts";
import { tokensOf, type Permit, type Rates } from "../limits/rates.ts";
import { armOf } from "../split.ts";
import type { ArmBooks } from "../splits/arm-books.ts";
import type { CallFinished } from "../observe/call-finished.ts";
import type { Plan } from "../plan.ts";

/** Who keeps the books of calls. */
export interface CallBooksParts {
  readonly rates: Pick<Rates, "admit" | "admitTokens" | "close">;
  readonly budgets: Budgets;
  readonly ledger: Ledger;
  readonly writer: Writer;
  readonly retries: Pick<RetryBudgets, "settled">;
  readonly arms: Pick<ArmBooks, "ended">;
  readonly finished: Pick<CallFinished, "record">;
}

/** What a call holds from its reservation to its end: money, and its place in its rates. */
export interface Held {
  readonly hold: Hold;
  readonly permit: Permit;
  /** Something was fetched for it: its request stays taken whatever becomes of it. */
  readonly hasFetched: boolean;
  readonly besides?: Besides;
}

/** What stands and falls with a call's rows. */
export interface Besides {
  /** Committed with its intent, or not at all. */
  readonly writes: readonly Write[];
  /** Can they never be committed any more? */
  readonly isLost: () => boolean;
  /** Written with its terminal rows. */
  readonly ended: (cause: Code | null) => readonly Write[];
}

/** So often a call that others were faster than asks again; each time somebody else was served. */
const asksLimit = 8;

/** The money of a call in its three steps, in this order: reserved, intended, settled. */
export class CallBooks {
  readonly #parts: CallBooksParts;

  constructor(parts: CallBooksParts) {
    this.#parts = parts;
  }

  /**
   * Rates first, then budgets. Throws Failure where one of them refuses; nothing is held then, and
   * nothing consumed but for a call that something was fetched for. Of a try that is not the last
   * one nobody is told that it was refused.
   */
  reserve(
    asked: Pick<Admitted, "call" | "asker" | "permit">,
    amounts: Amounts,
    isLast = true,
  ): Held {
    const { rates, budgets } = this.#parts;
    const tokens = tokensOf(amounts);
    const permit = asked.permit ?? rates.admit(asked.asker, tokens);
    try {
      if (asked.permit !== null) rates.admitTokens(permit, tokens);
      const hasFetched = asked.permit !== null;
      return { hold: budgets.reserve(asked.call, amounts, isLast), permit, hasFetched };
    } catch (refusal) {
      rates.close(permit, { isSent: asked.permit !== null, tokens: 0 });
      throw refusal;
    }
  }

  /**
   * The intent is durable before the first attempt: a crash in between leaves a trace (MON-10).
   * Rejects with the store's conflict where what stands beside it is lost.
   */
  async intend(call: Call, { attempts: [first] }: Plan, held: Held): Promise<void> {
    const { rates, budgets, ledger, writer } = this.#parts;
    const { hold, permit, hasFetched, besides } = held;
    try {
      const intent = ledger.intent({
        id: call.id,
        timeMs: call.arrivedWallMs,
        subject: subjectOf(call, first?.target ?? null),
        reserved: hold.amounts,
        priceVersion: first?.price?.version ?? null,
        accounts: hold.windows,
        arm: armOf(call.choice),
      });
      const writes = besides === undefined ? [intent] : [...besides.writes, intent];
      await (hold.asks.length === 0
        ? writer.commit(writes, "process")
        : this.#commitAsking(writes, held));
    } catch (failure) {
      if (hold.open) budgets.settle(hold, nothing);
      rates.close(permit, { isSent: hasFetched, tokens: 0 });
      throw isConflict(failure) && besides?.isLost() !== true ? unkept(failure) : failure;
    }
  }

  /** With what the store must grant for it; where others were faster, by the books of then. */
  async #commitAsking(writes: readonly Write[], { hold, besides }: Held): Promise<void> {
    const { budgets, writer } = this.#parts;
    for (let turn = 1; ; turn += 1) {
      const asked = budgets.asked(hold);
      try {
        await writer.commit([...writes, ...asked], "process");
        break;
      } catch (failure) {
        const isLast = asked.length === 0 || turn === asksLimit;
        if (isLast || !isConflict(failure) || besides?.isLost() === true) throw failure;
        budgets.askAgain(hold);
      }
    }
    if (hold.asks.length > 0) budgets.granted(hold);
  }

  /** One transaction: the terminal rows, the roll-up, the budget, the end of the intent. */
  settle(settlement: Settlement, { hold, permit, besides }: Held, spent: Amounts): void {
    const { rates, budgets, retries, ledger, arms, writer, finished } = this.#parts;
    // First of all: whatever becomes of the rows, nothing stays held.
    rates.close(permit, { isSent: true, tokens: tokensOf(atMost(spent, hold.amounts)) });
    const spending = budgets.settle(hold, spent);
    const rows = ledger.terminal(settlementRows(settlement));
    const others = [...arms.ended(settlement), ...(besides?.ended(settlement.cause) ?? [])];
    writer.enqueue([...rows, ...spending, ...others]);
    retries.settled(settlement.costNanoUsd);
    // The end of the answer leaves first.
    queueMicrotask(() => finished.record(settlement));
  }
}

/** A call that is over, and what it held. */
export interface EndedCall {
  readonly call: Call;
  readonly held: Held;
  readonly result: CallResult;
  /** As in `SettlementFacts`. */
  readonly handedShare?: number;
}

/** Books what a call came to; what the tenant pays. */
export function settleCall(
  books: Pick<CallBooks, "settle">,
  clock: Clock,
  { call, held, result, handedShare }: EndedCall,
): number {
  const { amounts } = held.hold;
  const settlement = settle(call, result, {
    reservedNanoUsd: amounts.nanoUsd,
    ...(handedShare === undefined ? {} : { handedShare }),
    endedMs: clock.monotonicMs(),
    endedWallMs: clock.wallMs(),
  });
  books.settle(settlement, held, spentOf(settlement, amounts));
  return settlement.costNanoUsd;
}

/** The store takes nothing of a process that was taken for dead, until it has another name. */
const unkept = (cause: unknown): Error => {
  const message = cause instanceof Error ? cause.message : String(cause);
  return storageFailure("keep the intent", { code: "storage_unavailable", message });
};
