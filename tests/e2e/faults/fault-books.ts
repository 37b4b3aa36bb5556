import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";
import type { FaultCell } from "./fault-cell.ts";

/** What a provider and the ledger say of the attempts of some cells. */
export interface BookLine {
  readonly fault: string;
  readonly isStream: boolean;
  /** Attempts of which both must say the same. */
  compared: number;
  billedNanoUsd: bigint;
  bookedNanoUsd: bigint;
  /** Attempts of which nobody knows better than its own side: see `isComparable`. */
  left: number;
}

/** The operator's books against the bill, fault by fault (MON-16). */
export class FaultBooks {
  readonly #lines = new Map<string, BookLine>();

  /** Adds both sides up; they must agree about this attempt. */
  compare(call: CallRecord, row: StoredRow, cell: FaultCell): void {
    const line = this.#line(cell);
    line.compared += 1;
    line.billedNanoUsd += BigInt(call.costNanoUsd);
    line.bookedNanoUsd += BigInt(row.costNanoUsd);
    assert.equal(row.costNanoUsd, call.costNanoUsd, "the ledger's cost is the provider's");
  }

  /** Counts an attempt that cannot be compared. */
  leave(cell: FaultCell): void {
    this.#line(cell).left += 1;
  }

  /** In sum, over at least as many attempts as one round of the matrix has. */
  assertEqual(): void {
    assert.ok(this.compared > 1_000, `${this.compared} attempts compared`);
    assert.ok(this.billedNanoUsd > 0n);
    const booked = this.#sum(({ bookedNanoUsd }) => bookedNanoUsd);
    assert.equal(booked, this.billedNanoUsd);
  }

  /** In the order in which the cells were first met. */
  get lines(): readonly Readonly<BookLine>[] {
    return [...this.#lines.values()];
  }

  get compared(): number {
    return Number(this.#sum(({ compared }) => BigInt(compared)));
  }

  get billedNanoUsd(): bigint {
    return this.#sum(({ billedNanoUsd }) => billedNanoUsd);
  }

  #sum(figure: (line: BookLine) => bigint): bigint {
    return this.lines.reduce((sum, line) => sum + figure(line), 0n);
  }

  #line({ row, stream: isStream }: FaultCell): BookLine {
    const key = `${row.name} ${isStream}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const none = { compared: 0, billedNanoUsd: 0n, bookedNanoUsd: 0n, left: 0 };
    const fresh: BookLine = { fault: row.name, isStream, ...none };
    this.#lines.set(key, fresh);
    return fresh;
  }
}
