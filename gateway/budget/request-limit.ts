import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { usdText } from "../usd-text.ts";
import type { RequestLimit } from "./budget-limit.ts";

/** What a call asks for, as far as a limit on it looks. */
export interface AskedTokens {
  /** About how long its prompt is (MON-4); asked where a limit needs it alone. */
  readonly inputEstimate: () => number;
  /** The client's own cap, null when it named none. */
  readonly maxTokens: number | null;
  /** Answers asked for in one call: each may be as long as the cap. */
  readonly choices: number;
}

/**
 * How many tokens the answers of a call may have together under a limit on each call; Infinity
 * without one. Throws Failure `request_exceeds_budget` for a call that asks for more, or whose
 * prompt leaves no room for an answer.
 */
export function outputAllowance(limit: RequestLimit | null, asked: AskedTokens): number {
  if (limit === null) return Infinity;
  const { inputTokens, outputTokens, totalTokens } = limit;
  const most = outputTokens ?? Infinity;
  const output = asked.maxTokens === null ? null : asked.maxTokens * asked.choices;
  if (output !== null && output > most) throw refusal(limit, "output", most, output);
  if (inputTokens === null && totalTokens === null) return most;
  const input = asked.inputEstimate();
  if (inputTokens !== null && input > inputTokens) {
    throw refusal(limit, "input", inputTokens, input);
  }
  if (totalTokens === null) return most;
  const total = input + (output ?? asked.choices);
  if (total > totalTokens) throw refusal(limit, "total", totalTokens, total);
  return Math.min(most, totalTokens - input);
}

/**
 * Which share of a prompt a limit on each call has no room for; null for a refusal for anything
 * else. Of an answer without a cap a quarter of the whole is kept free.
 */
export function shareBeyondLimit(
  refusal: unknown,
  { maxTokens, choices }: Pick<AskedTokens, "maxTokens" | "choices">,
): number | null {
  if (!(refusal instanceof Failure) || refusal.code !== "request_exceeds_budget") return null;
  const { budgetType, needed, limit } = refusal.details.facts ?? {};
  if (typeof needed !== "number" || typeof limit !== "number") return null;
  if (budgetType === "per_request_input") return 1 - limit / needed;
  if (budgetType !== "per_request_total") return null;
  const input = needed - (maxTokens ?? 1) * choices;
  const room = limit - (maxTokens === null ? Math.ceil(limit / 4) : maxTokens * choices);
  return 1 - Math.max(0, room) / input;
}

/** Throws Failure `request_exceeds_budget` for a call that could cost more than each may. */
export function checkRequestCost(limit: RequestLimit | null, nanoUsd: number): void {
  const most = limit?.nanoUsd ?? null;
  if (limit === null || most === null || nanoUsd <= most) return;
  throw refusal(limit, "cost", most, nanoUsd);
}

/** The same for what the client itself has said that its call may cost. */
export function checkOwnCost(most: number, nanoUsd: number): void {
  if (nanoUsd > most) throw refusal({ name: "x-sekisho-max-cost-usd" }, "cost", most, nanoUsd);
}

const units = {
  input: "input tokens by estimate",
  output: "output tokens",
  total: "tokens in all",
  cost: "USD",
};

// oxlint-disable-next-line max-params -- which limit, of which kind, and the two figures
function refusal(
  { name }: Pick<RequestLimit, "name">,
  kind: keyof typeof units,
  limit: number,
  needed: number,
): Failure<Code> {
  const shown = (amount: number): string => (kind === "cost" ? usdText(amount) : String(amount));
  return new Failure<Code>(
    "request_exceeds_budget",
    `Cannot reserve budget "request:${name}": ${shown(limit)} ${units[kind]} for each call, ` +
      `${shown(needed)} needed`,
    { facts: { budgetType: `per_request_${kind}`, limit, used: 0, needed } },
  );
}
