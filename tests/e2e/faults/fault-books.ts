import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";

/** What providers and ledger say of all attempts whose figures can be believed. */
export class FaultBooks {
  compared = 0;
  billedNanoUsd = 0n;
  bookedNanoUsd = 0n;

  compare(call: CallRecord, row: StoredRow): void {
    this.compared += 1;
    this.billedNanoUsd += BigInt(call.costNanoUsd);
    this.bookedNanoUsd += BigInt(row.costNanoUsd);
    assert.equal(row.costNanoUsd, call.costNanoUsd, "the ledger's cost is the provider's");
  }
}
