import assert from "node:assert/strict";
import { until } from "../harness/until.ts";
import { callsOf, type Bench } from "./cells/contract-cell.ts";

/** What was used and what it cost, over all answers that were whole at both ends. */
interface Sums {
  answers: number;
  input: number;
  cacheRead: number;
  output: number;
  costNanoUsd: number;
}

const none = (): Sums => ({ answers: 0, input: 0, cacheRead: 0, output: 0, costNanoUsd: 0 });

/** MON-14: the bill of the provider is what stands in the ledger, to the token and nano-USD. */
export async function assertBooks(bench: Bench): Promise<void> {
  const billed = billOf(bench);
  await until("every answer has its row", () =>
    paidOf(bench).answers >= billed.answers ? true : null,
  );
  const paid = paidOf(bench);
  assert.ok(paid.answers > 10, `${paid.answers} answers`);
  assert.deepEqual(paid, billed);
}

function paidOf({ gateway, target }: Bench): Sums {
  const { rows } = gateway.ledger;
  const paid = none();
  for (const row of rows) {
    if (row.attempt !== 0 || row.outcome !== "ok" || row.provider !== target.name) continue;
    paid.answers += 1;
    paid.input += row.input + row.cacheRead + row.cacheWrite5m + row.cacheWrite1h;
    paid.cacheRead += row.cacheRead;
    paid.output += row.output;
    paid.costNanoUsd += row.costNanoUsd;
    assert.equal(row.usageSource, "reported");
  }
  return paid;
}

function billOf(bench: Bench): Sums {
  const billed = none();
  for (const call of callsOf(bench)) {
    if (call.outcome !== "complete") continue;
    billed.answers += 1;
    billed.input += call.tokens.input;
    billed.cacheRead += call.tokens.cached;
    billed.output += call.tokens.output;
    billed.costNanoUsd += call.costNanoUsd;
  }
  return billed;
}
