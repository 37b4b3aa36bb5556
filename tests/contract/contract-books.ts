import assert from "node:assert/strict";
import { until } from "../harness/until.ts";
import { callsOf, type Bench } from "./cells/contract-cell.ts";

/** What was used and what it cost, over all answers that were whole at both ends. */
interface Sums {
  answers: number;
  input: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  output: number;
  reasoning: number;
  costNanoUsd: number;
}

const none = (): Sums => ({
  answers: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  costNanoUsd: 0,
});

/** MON-14: the bill of the provider is what stands in the ledger, to the token and nano-USD. */
export async function assertBooks(bench: Bench): Promise<void> {
  const billed = billOf(bench);
  const whole = () => (paidOf(bench).answers >= billed.answers ? true : null);
  // Rows are written behind the answers; what is missing then is shown by the sums.
  await until("every answer has its row", whole).catch(() => null);
  const paid = paidOf(bench);
  assert.ok(paid.answers > 10, `${paid.answers} answers`);
  assert.deepEqual(paid, billed);
}

function paidOf({ gateway, target }: Bench): Sums {
  const paid = none();
  for (const row of gateway.books.answeredBy(target.name)) {
    paid.answers += 1;
    paid.input += row.input;
    paid.cacheRead += row.cacheRead;
    paid.cacheWrite5m += row.cacheWrite5m;
    paid.cacheWrite1h += row.cacheWrite1h;
    paid.output += row.output;
    paid.reasoning += row.reasoning;
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
    const { input, cached, cacheWrite5m, cacheWrite1h, output, reasoning } = call.tokens;
    billed.input += input - cached - cacheWrite5m - cacheWrite1h;
    billed.cacheRead += cached;
    billed.cacheWrite5m += cacheWrite5m;
    billed.cacheWrite1h += cacheWrite1h;
    billed.output += output;
    // Converse counts them in the output and says no more.
    if (bench.target.api !== "bedrock.converse") billed.reasoning += reasoning;
    billed.costNanoUsd += call.costNanoUsd;
  }
  return billed;
}
