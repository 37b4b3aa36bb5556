import type { Clock } from "../../time/clock.ts";
import { storageFailure, type StorageError } from "../storage-failure.ts";
import type { Durability, Write, Writer } from "../writer.ts";
import { BatchBuilder } from "./batch-builder.ts";
import { BatchPace } from "./batch-pace.ts";
import type { Batch, BatchOutcome, FailedUnit } from "./batch.ts";
import { CommitQueue, type CommitUnit, type StorageFailure } from "./commit-queue.ts";

/**
 * How long writes that nobody waits for may stay behind, and how many of them: 1,024 take the
 * database about a millisecond, for which commits wait.
 */
const lingerMs = 20;
const lingerWrites = 1_024;

/** When they are tried again after the database refused a whole transaction. */
const retryMs = 250;

/** A batch is cut here, so that one transaction stays a matter of milliseconds. */
const maxBatchWrites = 2_048;

const defaultMaxWaitingWrites = 32_768;

export interface GroupCommitOptions {
  readonly clock: Clock;
  /** Hands one batch over; `settle` is to be called once for it, not before `send` returned. */
  readonly send: (batch: Batch) => void;
  /** Writes of `enqueue` that will never be durable: somebody must count and log them. */
  readonly onLoss: (failure: StorageFailure, writeCount: number) => void;
  /** How many writes may wait before `commit` refuses; `enqueue` refuses at twice as many. */
  readonly maxWaitingWrites?: number | undefined;
}

type State =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly closed: Promise<void> }
  | { readonly kind: "dead"; readonly error: StorageError };

const unavailable = (message: string): StorageError => ({ code: "storage_unavailable", message });
const closed = unavailable("the writer is closed");

/**
 * Gathers the writes of one turn, and those that come while a batch is under way, into the next
 * batch: one transaction and one message for all of them. At most one batch is under way.
 *
 * Writes that nobody waits for stay behind until there are many of them: in one transaction they
 * share the pages that they change, and those that fold are one. 8,000 calls a second then cost
 * the database a third less than when they left with every commit.
 *
 * When a statement fails, the batch is sent again with each call's writes apart, so that only the
 * guilty call is refused. When the whole transaction fails (disk full, locked for too long), each
 * `commit` in it is refused, but the writes of `enqueue` are kept and tried again: their callers
 * have done their work already and cannot take it back.
 */
export class GroupCommit implements Writer {
  readonly #clock: Clock;
  readonly #send: (batch: Batch) => void;
  readonly #onLoss: (failure: StorageFailure, writeCount: number) => void;
  readonly #maxWaitingWrites: number;
  readonly #pace: BatchPace;
  readonly #builder = new BatchBuilder();
  /** Units of `commit`, of `enqueue`. */
  readonly #awaited = new CommitQueue();
  readonly #owed = new CommitQueue();
  #state: State = { kind: "open" };
  #underWay: readonly CommitUnit[] | null = null;
  #sentMs = 0;
  /** The database has refused the latest transaction. */
  #isFailing = false;
  /** What is owed has waited long enough. */
  #isOwedDue = false;
  /** A look at the queues is planned: at the end of the turn, or when the pace allows a batch. */
  #isSoon = false;
  #isLingering = false;
  #lastLoss: StorageFailure | null = null;

  constructor(options: GroupCommitOptions) {
    this.#clock = options.clock;
    this.#pace = new BatchPace(options.clock);
    this.#send = options.send;
    this.#onLoss = options.onLoss;
    this.#maxWaitingWrites = options.maxWaitingWrites ?? defaultMaxWaitingWrites;
  }

  /** False once it was closed or died: nothing is accepted any more. */
  get isOpen(): boolean {
    return this.#state.kind === "open";
  }

  /** Does the database take what it is given, and within this time? */
  isPrompt(withinMs: number): boolean {
    if (this.#state.kind !== "open" || this.#isFailing) return false;
    return this.#underWay === null || this.#clock.monotonicMs() - this.#sentMs <= withinMs;
  }

  /** Would a commit of so many writes be refused for those that wait? */
  hasRoom(writeCount: number): boolean {
    return this.#refusal(writeCount, this.#maxWaitingWrites) === null;
  }

  /** How long the commit has waited that waits longest. */
  get oldestWaitMs(): number {
    // A batch begins with what is waited for, if there is any.
    const sinceMs = this.#underWay?.[0]?.waiter?.sinceMs ?? this.#awaited.sinceMs;
    return sinceMs === null ? 0 : this.#clock.monotonicMs() - sinceMs;
  }

  commit(writes: readonly Write[], durability: Durability): Promise<void> {
    const refusal = this.#refusal(writes.length, this.#maxWaitingWrites);
    if (refusal === null) return this.#append(writes, durability);
    return Promise.reject(storageFailure(`commit ${writes.length} writes`, refusal));
  }

  /** `applied` is called when the database has them: never, where they are lost. */
  enqueue(writes: readonly Write[], applied?: () => void): void {
    if (writes.length === 0) return;
    const refusal = this.#refusal(writes.length, 2 * this.#maxWaitingWrites);
    if (refusal !== null) {
      this.#lose(storageFailure(`enqueue ${writes.length} writes`, refusal), writes.length);
      return;
    }
    this.#owed.append({ writes, durability: "process", waiter: null, applied });
    if (this.#owed.writeCount >= lingerWrites) this.#becomeOwedDue();
    else this.#linger(lingerMs);
  }

  /** Rejects when something accepted before is not durable: lost, or kept to be tried again. */
  async flush(): Promise<void> {
    if (this.#state.kind === "dead") throw storageFailure("flush", this.#state.error);
    if (this.#underWay === null && this.#awaited.isEmpty && this.#owed.isEmpty) return;
    const lossBefore = this.#lastLoss;
    await Promise.all([this.#append([], "process"), this.#appendOwed()]);
    if (this.#lastLoss !== null && this.#lastLoss !== lossBefore) throw this.#lastLoss;
  }

  /** Refuses new writes and resolves when the accepted ones are durable or given up. */
  close(): Promise<void> {
    if (this.#state.kind === "dead") return Promise.resolve();
    if (this.#state.kind === "open") this.#state = { kind: "closing", closed: this.#drain() };
    return this.#state.closed;
  }

  /** The answer to the batch under way. */
  settle(outcome: BatchOutcome): void {
    const units = this.#underWay;
    if (units === null) return;
    this.#underWay = null;
    this.#isFailing = outcome.kind === "transaction_failed";
    if (outcome.kind === "statement_failed" && units.length > 1) {
      this.#dispatch(units, this.#builder.apart(units));
      return;
    }
    if (outcome.kind === "done") for (const unit of units) settled(unit);
    else if (outcome.kind === "done_except") this.#settleApart(units, outcome.failed);
    else if (outcome.kind === "transaction_failed") this.#tryLater(units, outcome.error);
    else for (const unit of units) this.#refuse(unit, outcome.error);
    this.#sendDue();
  }

  /** Nothing will be answered any more: gives up what is under way, what waits and what comes. */
  die(error: StorageError): void {
    if (this.#state.kind === "dead") return;
    this.#state = { kind: "dead", error };
    const waiting = [...this.#awaited.takeAll(), ...this.#owed.takeAll()];
    const units = [...(this.#underWay ?? []), ...waiting];
    this.#underWay = null;
    for (const unit of units) this.#refuse(unit, error);
  }

  async #drain(): Promise<void> {
    // What it would throw, `onLoss` or the callers are told.
    await this.flush().catch(() => undefined);
    this.die(closed);
  }

  #refusal(writeCount: number, maxWaitingWrites: number): StorageError | null {
    if (this.#state.kind === "dead") return this.#state.error;
    if (this.#state.kind === "closing") return closed;
    const waiting = this.#awaited.writeCount + this.#owed.writeCount;
    if (waiting + writeCount <= maxWaitingWrites) return null;
    return unavailable(`${waiting} writes wait, ${maxWaitingWrites} may`);
  }

  #append(writes: readonly Write[], durability: Durability): Promise<void> {
    const sinceMs = this.#clock.monotonicMs();
    return new Promise((resolve, reject) => {
      this.#awaited.append({ writes, durability, waiter: { sinceMs, resolve, reject } });
      this.#lookSoon();
    });
  }

  /** Resolves when everything is durable that is owed by now. */
  #appendOwed(): Promise<void> {
    const sinceMs = this.#clock.monotonicMs();
    return new Promise((resolve, reject) => {
      const waiter = { sinceMs, resolve, reject };
      this.#owed.append({ writes: [], durability: "process", waiter });
      this.#becomeOwedDue();
    });
  }

  #becomeOwedDue(): void {
    this.#isOwedDue = true;
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#isSoon || this.#underWay !== null) return;
    this.#isSoon = true;
    this.#clock.soon(this.#onSoon);
  }

  readonly #onSoon = (): void => {
    this.#isSoon = false;
    this.#sendDue();
  };

  #linger(delayMs: number): void {
    // Never cancelled: at most one timer at a time, and early for later writes is harmless.
    if (this.#isLingering) return;
    this.#isLingering = true;
    this.#clock.after(delayMs, () => {
      this.#isLingering = false;
      this.#isOwedDue = true;
      this.#sendDue();
    });
  }

  #sendDue(): void {
    const isDue = this.#isOwedDue || !this.#awaited.isEmpty;
    if (!isDue || this.#underWay !== null || this.#isSoon) return;
    const waitMs = this.#pace.waitMs();
    if (waitMs > 0) {
      this.#isSoon = true;
      this.#clock.after(waitMs, this.#onSoon);
      return;
    }
    const units = this.#takeDue();
    if (units.length === 0) return;
    this.#pace.sent(units.filter(({ waiter }) => waiter !== null).length);
    this.#dispatch(units, this.#builder.together(units));
  }

  /**
   * Neither queue can hold up the other: each has half a batch when both are full. What is owed may
   * be more where nobody else waits: a rest of it would be a transaction of its own.
   */
  #takeDue(): readonly CommitUnit[] {
    if (!this.#isOwedDue) return this.#awaited.take(maxBatchWrites);
    const before = this.#awaited.writeCount;
    const awaited = this.#awaited.take(maxBatchWrites / 2);
    const taken = before - this.#awaited.writeCount;
    const owed = this.#owed.take(Math.max(maxBatchWrites - taken, maxBatchWrites / 2));
    this.#isOwedDue = !this.#owed.isEmpty;
    return [...awaited, ...owed];
  }

  #dispatch(units: readonly CommitUnit[], batch: Batch): void {
    this.#underWay = units;
    this.#sentMs = this.#clock.monotonicMs();
    this.#send(batch);
  }

  #settleApart(units: readonly CommitUnit[], failed: readonly FailedUnit[]): void {
    const errors = new Map(failed.map(({ unit, error }) => [unit, error]));
    for (const [index, unit] of units.entries()) {
      const error = errors.get(index);
      if (error === undefined) settled(unit);
      else this.#refuse(unit, error);
    }
  }

  #tryLater(units: readonly CommitUnit[], error: StorageError): void {
    const kept: CommitUnit[] = [];
    for (const unit of units) {
      // A deferred constraint that fails at COMMIT would fail every batch from now on.
      if (unit.waiter === null && error.code === "storage_unavailable") kept.push(unit);
      else this.#refuse(unit, error);
    }
    if (kept.length === 0) return;
    this.#owed.putBack(kept);
    this.#linger(retryMs);
  }

  #refuse(unit: CommitUnit, error: StorageError): void {
    const failure = storageFailure(`commit ${unit.writes.length} writes`, error);
    if (unit.waiter === null) this.#lose(failure, unit.writes.length);
    else unit.waiter.reject(failure);
  }

  #lose(failure: StorageFailure, writeCount: number): void {
    this.#lastLoss = failure;
    this.#onLoss(failure, writeCount);
  }
}

const settled = ({ waiter, applied }: CommitUnit): void => {
  waiter?.resolve();
  applied?.();
};
