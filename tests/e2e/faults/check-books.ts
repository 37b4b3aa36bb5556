import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { StoredRow } from "../../harness/ledger-file.ts";
import { until } from "../../harness/until.ts";
import type { Met } from "./ask.ts";
import { attemptsOf, isServedByFar } from "./check-answer.ts";
import type { FaultCell } from "./fault-cell.ts";
import type { FaultStage } from "./fault-stage.ts";
import type { FaultOutcome } from "./outcomes/fault-outcome.ts";
import { misreportedFaults } from "./outcomes/usual.data.ts";
import type { Scene } from "./scene.ts";

/** What is awaited comes within some milliseconds, unless the machine has other work. */
const patienceMs = 20_000;

export interface Booked {
  readonly outcome: FaultOutcome;
  readonly met: Met;
}

/** MON-10, MON-14, MON-15: the rows of the call, and those of its attempts against the bill. */
export async function assertBooks(scene: Scene, cell: FaultCell, booked: Booked): Promise<void> {
  const { stage, books } = scene;
  const { outcome, met } = booked;
  const rows = await rowsOf(stage, met);
  const [own, ...attempts] = rows;
  assert.deepEqual(
    rows.map(({ attempt }) => attempt),
    Array.from({ length: attemptsOf(cell, outcome) + 1 }, (_, n) => n),
  );
  assert.ok(own !== undefined);
  assertOwn(own, isServedByFar(cell, outcome) ? "whole" : outcome);
  assertAttempts(attempts, cell, outcome);
  const calls = await endedCalls(stage, met);
  if (cell.row.source.kind === "provider") assert.equal(calls.length, attempts.length);
  // A fault on the way may have kept the first attempt from its provider, or made it late.
  for (const call of calls) {
    const isFar = call.region === stage.farRegion;
    const row = attempts.find(({ provider }) => (provider === "far") === isFar);
    assert.ok(row !== undefined, "each call of a provider is an attempt of ours");
    if (isComparable(call, row, cell)) books.compare(call, row, cell);
    else books.leave(cell);
  }
}

async function rowsOf({ ledger }: FaultStage, { headers }: Met): Promise<readonly StoredRow[]> {
  const id = headers.get("x-sekisho-request-id")?.slice("req_".length) ?? "";
  const look = (): readonly StoredRow[] | null => {
    const rows = ledger.rowsOf(id);
    return rows.length > 0 ? rows : null;
  };
  return until(`the rows of ${id}`, look, patienceMs);
}

/** The provider's calls of that request, once it has seen the end of each. */
async function endedCalls({ gateway }: FaultStage, { number }: Met): Promise<CallRecord[]> {
  const calls = gateway.simulator.calls().filter(({ summary }) => summary?.maxTokens === number);
  const look = (): true | null => (calls.every(({ state }) => state === "ended") ? true : null);
  await until("every call of the provider has ended", look, patienceMs);
  return calls;
}

function assertOwn(own: StoredRow, outcome: FaultOutcome): void {
  const cause = typeof outcome === "object" ? outcome.afterContent : outcome;
  const expected = outcome === "whole" ? ["ok", null] : ["error", cause];
  assert.deepEqual([own.outcome, own.cause], expected);
  if (typeof outcome === "string" && outcome !== "whole") {
    assert.equal(own.costNanoUsd, 0, "MON-15: an error before content costs nothing");
  } else assert.ok(own.costNanoUsd > 0, "what was said costs something");
}

/** The tenant pays for the attempt that served it. */
function assertAttempts(
  attempts: readonly StoredRow[],
  cell: FaultCell,
  outcome: FaultOutcome,
): void {
  if (!isServedByFar(cell, outcome)) return;
  const [first, second] = attempts;
  assert.equal(first?.outcome, "error");
  assert.ok(
    cell.outcomes.some((each) => each === first?.cause),
    `${first?.cause}`,
  );
  assert.deepEqual([second?.outcome, second?.cause], ["ok", null]);
  assert.equal(second?.provider, "far");
}

/**
 * Provider and gateway agree about what became of the attempt, and the provider counts rightly.
 * What it bills for an answer that broke off, or that could not be understood, nobody knows.
 */
function isComparable(call: CallRecord, row: StoredRow, { row: { name } }: FaultCell): boolean {
  if (row.outcome !== "ok") return call.outcome === "error";
  return row.provider === "far" || !misreportedFaults.has(name);
}
