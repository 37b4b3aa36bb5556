import assert from "node:assert/strict";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { tell, type Asked, type Met } from "./ask.ts";
import type { FaultCell } from "./fault-cell.ts";
import type { AfterContent, FaultOutcome } from "./outcomes/fault-outcome.ts";
import { alteredTexts } from "./outcomes/usual.data.ts";

/** An answer, and the text that it would have without a fault. */
export interface Answered {
  readonly asked: Asked;
  readonly met: Met;
  readonly text: string;
}

type Cell = Pick<FaultCell, "row" | "route">;

/** RTE-7: what no other target would do better. */
const finals: ReadonlySet<FaultOutcome> = new Set<Code>([
  "upstream_rejected",
  "context_length_exceeded",
  "content_filtered",
]);

/** Does the second target of a pair answer? */
export const isServedByFar = ({ route }: Cell, outcome: FaultOutcome): boolean =>
  route === "pair" && outcome !== "whole" && typeof outcome === "string" && !finals.has(outcome);

/** Attempts that the call takes. */
export const attemptsOf = (cell: Cell, outcome: FaultOutcome): number =>
  isServedByFar(cell, outcome) ? 2 : 1;

/** The documented error, or a complete answer; after content a typed end, never a false stop. */
export function assertAnswer(cell: Cell, outcome: FaultOutcome, answered: Answered): void {
  const { met } = answered;
  const isFar = isServedByFar(cell, outcome);
  const isEarly = hasEarlyHead(answered);
  if (isFar || outcome === "whole") {
    assertWhole(answered, !isFar && alteredTexts.has(cell.row.name));
  } else if (typeof outcome === "object") assertCutOff(answered, outcome);
  else if (isEarly) assertFailedStream(answered, outcome);
  else assertError(answered, outcome);
  if (isEarly) return;
  assert.equal(met.headers.get("x-sekisho-attempts"), String(attemptsOf(cell, outcome)));
  if (isFar) assert.equal(met.headers.get("x-sekisho-provider"), "far");
}

/**
 * RTE-6: after 5 s the head of a stream goes out, whatever becomes of it. On a machine that has
 * other work anything may take as long.
 */
const hasEarlyHead = ({ asked, met }: Answered): boolean =>
  asked.stream && met.headMs > 4_900 && met.headers.get("x-sekisho-attempts") === null;

const wordsOf = (body: Buffer): string => body.subarray(0, 300).toString();

function assertWhole({ asked, met, text }: Answered, isAltered: boolean): void {
  assert.equal(met.status, 200, wordsOf(met.body));
  const told = tell(asked, met);
  assert.deepEqual([told.error, told.ends, told.reasons.length], [null, 1, 1]);
  if (asked.tool === true) assert.equal(told.calls.length, 1);
  else if (!isAltered) assert.equal(told.text, text);
}

function assertCutOff({ asked, met, text }: Answered, outcome: AfterContent): void {
  const { afterContent: code, isReasonTold = false } = outcome;
  assert.equal(met.status, 200, wordsOf(met.body));
  const told = tell(asked, met);
  assert.equal(told.error, asked.client.streamErrorOf(code));
  assert.notEqual(told.text, "", "content stands before the error");
  const shorter = Math.min(told.text.length, text.length);
  assert.equal(told.text.slice(0, shorter), text.slice(0, shorter), "what was said is kept");
  assert.deepEqual([told.ends, told.reasons.length], [0, isReasonTold ? 1 : 0], "a false stop");
}

/** The head is out, and all that can follow is the error. */
function assertFailedStream({ asked, met }: Answered, code: Code): void {
  const { error, text, ends, reasons } = tell(asked, met);
  assert.equal(error, asked.client.streamErrorOf(code));
  assert.deepEqual([text, ends, reasons.length], ["", 0, 0]);
}

function assertError({ asked, met }: Answered, code: Code): void {
  const { client } = asked;
  const said = { status: met.status, words: client.readError(met.headers, met.body) };
  assert.equal(met.headers.get("x-sekisho-cause"), code);
  assert.deepEqual(said, client.errorOf(code));
}
