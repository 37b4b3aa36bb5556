import type { EmbeddingInput, InputRange } from "@sekisho/wire/canonical/embedding.ts";
import type { Amounts } from "../amounts.ts";
import { boundNanoUsd } from "../cost.ts";
import { modelBehind } from "../model-name.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import { splitInputs } from "./split-inputs.ts";

/** Some inputs, as one request asks a provider for their vectors. */
export interface EmbeddingPart {
  readonly range: InputRange;
  /** Most tokens that its inputs can come to. */
  readonly tokensBound: number;
}

/** The attempts of a plan whose vectors can be compared: those of one model. */
export interface EmbeddingSpace {
  readonly attempts: readonly PlannedAttempt[];
  /** The call, cut as each of the attempts takes it. */
  readonly parts: readonly EmbeddingPart[];
}

/** What a tokenizer may add to each input: marks of its beginning and its end. */
const tokensPerInput = 8;

/** The models of a plan in the order in which they are fallen back on. */
export function spacesOf(plan: Plan, inputs: readonly EmbeddingInput[]): EmbeddingSpace[] {
  const byModel = Map.groupBy(plan.attempts, ({ target }) => modelBehind(target.upstreamModel));
  return [...byModel.values()].map((attempts) => ({ attempts, parts: partsOf(attempts, inputs) }));
}

function partsOf(
  attempts: readonly PlannedAttempt[],
  inputs: readonly EmbeddingInput[],
): EmbeddingPart[] {
  const facts = attempts.flatMap(({ target }) => target.embedding ?? []);
  const windowTokens = Math.max(...facts.map((each) => each.windowTokens));
  const ranges = splitInputs(inputs, {
    inputs: Math.min(...facts.map((each) => each.inputsPerRequest)),
    tokens: Math.min(...facts.map((each) => each.tokensPerRequest)),
  });
  return ranges.map((range) => {
    let tokensBound = 0;
    for (const input of inputs.slice(range.start, range.end)) {
      tokensBound += Math.min(windowTokens, input.tokensBound + tokensPerInput);
    }
    return { range, tokensBound };
  });
}

/** The attempt for a part of the call: it is busy with it alone, and costs no more than that. */
export const attemptFor = (
  planned: PlannedAttempt,
  { tokensBound }: EmbeddingPart,
): PlannedAttempt => ({
  ...planned,
  boundInputTokens: tokensBound,
  boundOutputTokens: 0,
  boundNanoUsd: partBoundNanoUsd(planned, tokensBound),
  quotaTokens: tokensBound,
});

const partBoundNanoUsd = ({ price }: PlannedAttempt, tokens: number): number =>
  price === null ? 0 : boundNanoUsd(tokens, 0, price);

/** The most that the call can come to: each part where it costs most (MON-7). */
export function dearestOfSpaces(spaces: readonly EmbeddingSpace[]): Amounts {
  const most = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };
  for (const { attempts, parts } of spaces) {
    let nanoUsd = 0;
    let inputTokens = 0;
    for (const { tokensBound } of parts) {
      nanoUsd += Math.max(...attempts.map((planned) => partBoundNanoUsd(planned, tokensBound)));
      inputTokens += tokensBound;
    }
    most.nanoUsd = Math.max(most.nanoUsd, nanoUsd);
    most.inputTokens = Math.max(most.inputTokens, inputTokens);
  }
  return most;
}
