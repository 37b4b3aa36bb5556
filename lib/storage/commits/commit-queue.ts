import type { Failure } from "../../failure/failure.ts";
import type { StorageFailureCode } from "../storage-failure.ts";
import type { WriteGroup } from "./batch-builder.ts";

export type StorageFailure = Failure<StorageFailureCode>;

/** The writes of one call. */
export interface CommitUnit extends WriteGroup {
  /** Null when nobody waits. */
  readonly waiter: CommitWaiter | null;
  /** Told when the database has them. */
  readonly applied?: (() => void) | undefined;
}

export interface CommitWaiter {
  /** On the monotonic clock. */
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (failure: StorageFailure) => void;
}

/** Units in the order in which they came. */
export class CommitQueue {
  #units: CommitUnit[] = [];
  #writeCount = 0;

  get isEmpty(): boolean {
    return this.#units.length === 0;
  }

  /** Since when the first that is waited for has been; null when nobody waits for it. */
  get sinceMs(): number | null {
    return this.#units[0]?.waiter?.sinceMs ?? null;
  }

  get writeCount(): number {
    return this.#writeCount;
  }

  append(unit: CommitUnit): void {
    this.#units.push(unit);
    this.#writeCount += unit.writes.length;
  }

  /** Puts units that were taken back to where they came from. */
  putBack(units: readonly CommitUnit[]): void {
    this.#units.unshift(...units);
    for (const unit of units) this.#writeCount += unit.writes.length;
  }

  /** Removes the oldest units: as many as hold `maxWrites` writes, and at least one. */
  take(maxWrites: number): readonly CommitUnit[] {
    if (this.#writeCount <= maxWrites) return this.takeAll();
    let taken = 0;
    let writes = 0;
    for (const unit of this.#units) {
      if (taken > 0 && writes + unit.writes.length > maxWrites) break;
      taken += 1;
      writes += unit.writes.length;
    }
    this.#writeCount -= writes;
    return this.#units.splice(0, taken);
  }

  takeAll(): readonly CommitUnit[] {
    const units = this.#units;
    this.#units = [];
    this.#writeCount = 0;
    return units;
  }
}
