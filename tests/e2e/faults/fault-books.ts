import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";

/** What providers and ledger say of all attempts whose figures can be believed. */
export class FaultBooks {
  compared = 0;
  #billedNanoUsd = 0n;
  #bookedNanoUsd = 0n;

  compare(call: CallRecord, row: StoredRow): void {
    this.compared += 1;
    this.#billedNanoUsd += BigInt(call.costNanoUsd);
    this.#bookedNanoUsd += BigInt(row.costNanoUsd);
    assert.equal(row.costNanoUsd, call.costNanoUsd, "the ledger's cost is the provider's");
  }

  /** In sum, over at least as many attempts as one round of the matrix has. */
  assertEqual(): void {
    assert.ok(this.compared > 1_000, `${this.compared} attempts compared`);
    assert.ok(this.#billedNanoUsd > 0n);
    assert.equal(this.#bookedNanoUsd, this.#billedNanoUsd);
  }

  get billedNanoUsd(): bigint {
    return this.#billedNanoUsd;
  }
}
