import assert from "node:assert/strict";
import { until } from "../../harness/until.ts";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { ask, tell } from "../faults/ask.ts";
import type { FaultClient } from "../faults/clients/fault-client.ts";
import { clientsOf } from "../faults/clients/all-clients.ts";
import { modelOf, type ContinuedFault, type ContinuedStage, type Way } from "./continued-stage.ts";

/** 60 tokens: one, and three bytes, for each character, by estimate and by the provider's count. */
const answer = Array.from({ length: 60 }, (_, n) => String.fromCodePoint(0x4e00 + 7 * n)).join("");
/** As long by estimate as by the provider's count, too. */
const text = `${"wonder ".repeat(5)}reply with exactly: ${answer}`;

const patienceMs = 20_000;

/** A client, and the dialect of the target that its stream breaks off at. */
export interface ContinuedWay {
  readonly target: ContractTarget;
  readonly client: FaultClient;
  readonly way: Way;
}

export const allContinuedWays = (key: string, way: Way = "prefill"): ContinuedWay[] =>
  dialectTargets.flatMap((target) =>
    clientsOf(target.api, key).map((client) => ({ target, client, way })),
  );

/** What came of one stream, in nano-USD. */
export interface ContinuedFigures {
  readonly billed: number;
  readonly booked: number;
  readonly paid: number;
}

/**
 * RTE-12: one stream that breaks off is told whole, once and with one end; each segment has its
 * row, both books agree, and the tenant pays what the segments cost.
 */
export async function playContinued(
  stage: ContinuedStage,
  { target, client, way }: ContinuedWay,
  row: ContinuedFault,
): Promise<ContinuedFigures> {
  const asked = { client, model: modelOf(target, row, way), stream: true, text };
  const met = await ask(stage, asked);
  assert.equal(met.status, 200, met.body.toString());
  const told = tell(asked, met);
  assert.equal(told.error, null);
  assert.equal(told.text, answer);
  assert.deepEqual([told.ends, told.reasons.length], [1, 1]);
  const id = met.headers.get("x-sekisho-request-id")?.slice("req_".length) ?? "";
  const [own, ...attempts] = await until(
    `the rows of ${id}`,
    () => {
      const rows = stage.ledger.rowsOf(id);
      return rows.length > 0 ? rows : null;
    },
    patienceMs,
  );
  assert.equal(attempts.length, row.attempts);
  assert.deepEqual([own?.outcome, attempts.at(-1)?.outcome], ["ok", "ok"]);
  const calls = await until("the provider's calls have ended", () => {
    const made = stage.gateway.simulator.calls().filter(({ summary, seq }) => {
      const maxTokens = summary?.maxTokens ?? 0;
      return seq > stage.fromSeq && maxTokens <= met.number && maxTokens > met.number - 100;
    });
    const isOver = made.length === row.attempts && made.every(({ state }) => state === "ended");
    return isOver ? made : null;
  });
  return {
    billed: calls.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
    booked: attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
    paid: own?.costNanoUsd ?? 0,
  };
}

/** Every way through one fault, side by side; what differs, in words. */
export async function playFault(
  stage: ContinuedStage,
  ways: readonly ContinuedWay[],
  row: ContinuedFault,
): Promise<string[]> {
  const problems = await Promise.all(
    ways.map(async (way) => {
      const name = `${row.fault}: ${way.target.name} for ${way.client.surface}, ${way.way}`;
      try {
        const { billed, booked, paid } = await playContinued(stage, way, row);
        // What is asked beside the text is no longer as long by estimate as by count, and the
        // estimates of the next broken segments learn from it.
        const isExact = billed === booked || way.way === "turn";
        const isSame = isExact && paid === booked;
        return isSame ? [] : [`${name}: billed ${billed}, booked ${booked}, paid ${paid}`];
      } catch (error) {
        return [`${name}: ${error instanceof Error ? error.message : "?"}`];
      }
    }),
  );
  return problems.flat();
}
