import type { RequestLimit } from "../budget/budget-limit.ts";
import type { FreeAmounts } from "../budget/budgets.ts";
import { outputAllowance } from "../budget/request-limit.ts";
import type { Choice } from "../choice.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { ClientRequest } from "../request.ts";
import type { RouteQuestion } from "../route/route-question.ts";

/** What budgets leave for a call, whether one of them counts money, and when it is priced. */
export interface Means {
  readonly free: FreeAmounts;
  /** Output tokens that each call of the key may ask for; Infinity where that is not limited. */
  readonly allowance: number;
  readonly isPriced: boolean;
  /** See `Call`. */
  readonly isCritical: boolean;
  /** The instant of its prices. */
  readonly atWallMs: number;
  /** See `RouteQuestion`. */
  readonly inputEstimate: RouteQuestion["inputEstimate"];
}

/** Of calls that a model answers: vectors are made of each input alone. */
export const chatEstimate = (request: ClientRequest): (() => number) | null =>
  request.read.facts.embedding === undefined ? () => estimateInputTokens(request) : null;

/**
 * How many output tokens a limit on each call leaves this one, whichever of the targets serves it.
 * Throws Failure `request_exceeds_budget`.
 */
export function allowanceOf(
  request: ClientRequest,
  entry: Pick<ModelEntry, "pools">,
  limit: RequestLimit | null,
): number {
  const { maxTokens, choices } = request.read.facts;
  const inputEstimate = (): number => longestEstimate(entry, estimateInputTokens(request));
  return outputAllowance(limit, { inputEstimate, maxTokens, choices });
}

/** By the tokens of the family that makes most of them (MON-4). */
function longestEstimate({ pools }: Pick<ModelEntry, "pools">, byClass: number): number {
  const targets = pools.flatMap((pool) => pool.targets);
  return Math.max(...targets.map(({ estimates }) => estimates?.input(byClass) ?? byClass));
}

/**
 * No more than the tokens that one call may ever take. A call that names no cap for its answer is
 * given one by what is free, and is not refused for what it did not ask for.
 */
export function freeWithin(
  mostTokens: number,
  free: FreeAmounts,
  { inputTokensBound: input }: Pick<ClientRequest, "inputTokensBound">,
): FreeAmounts {
  // Where only the provider knows the prompt, a whole window is reserved for it.
  if (mostTokens === Infinity || input === Infinity) return free;
  const outputTokens = Math.min(free.outputTokens, Math.max(0, mostTokens - input));
  return { ...free, outputTokens };
}

/** What a request asks of a route. */
export function questionOf(
  request: ClientRequest,
  choice: Choice | null,
  { free, allowance, isPriced, isCritical, atWallMs, inputEstimate }: Means,
): RouteQuestion {
  const { inputTokensBound } = request;
  const { model, maxTokens, choices, size } = request.read.facts;
  return {
    model,
    choice,
    request,
    inputTokensBound,
    images: size.images,
    inputEstimate,
    maxTokens,
    choices,
    atWallMs,
    freeNanoUsd: isPriced ? free.nanoUsd : null,
    freeOutputTokens: Math.min(free.outputTokens, allowance),
    isCritical,
  };
}
