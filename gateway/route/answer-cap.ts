import { affordableOutputTokens } from "../cost.ts";
import type { ModelEntry, Pool } from "../model-entry.ts";
import { priceOfCall } from "./price-of-call.ts";
import type { Target } from "../target.ts";
import type { RouteQuestion } from "./route-question.ts";

/** Of a window: what a template adds around a prompt, and what an estimate may lack (MON-5). */
export const keptFreeTokens = 300 + 500;

/** A target that a request may go to, and how its calls are made. */
export interface CappedTarget {
  readonly target: Target;
  readonly pool: Pool;
  readonly entry: Pick<ModelEntry, "steering">;
}

/** Does the alias leave out history that a window has no room for, with a summary or without? */
export const dropsHistory = ({ steering }: CappedTarget["entry"]): boolean =>
  (steering?.history ?? "refuse") !== "refuse";

/** The output cap that is sent: the client's, or the smaller of the model's and the alias's. */
export function answerCapOf(question: RouteQuestion, asked: CappedTarget): number {
  const cap = question.maxTokens ?? injectedCap(question, asked);
  return Math.min(cap, asked.pool.answerCap ?? Infinity);
}

/** The smallest of the model's cap, the alias's default and what budgets leave (MON-7). */
function injectedCap(question: RouteQuestion, asked: CappedTarget): number {
  const { pool, target } = asked;
  const { facts } = target;
  const free = Math.floor(question.freeOutputTokens / question.choices);
  const most = Math.min(pool.defaultMaxTokens ?? free, facts.maxOutputTokens, free);
  const cap = Math.max(1, Math.min(most, roomForAnswer(question, asked)));
  const price = priceOfCall(target.prices, question);
  if (price === null || question.freeNanoUsd === null) return cap;
  const input = Math.min(question.inputTokensBound, facts.contextWindow);
  const affordable = affordableOutputTokens(question.freeNanoUsd, input, price);
  return Math.max(1, Math.min(cap, Math.floor(affordable / question.choices)));
}

/**
 * No history gives way to an answer that nobody asked to be so long: a quarter of the window is
 * its, or what the prompt leaves of it (MON-5).
 */
function roomForAnswer({ inputTokensBound }: RouteQuestion, { target, entry }: CappedTarget) {
  if (!dropsHistory(entry)) return Infinity;
  const { contextWindow } = target.facts;
  const left = contextWindow - keptFreeTokens - inputTokensBound;
  return Math.max(Math.floor(contextWindow / 4), left);
}
