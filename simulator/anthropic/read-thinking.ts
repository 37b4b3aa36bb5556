import type { Fields } from "../fields.ts";

const leastThinkingTokens = 1_024;
const mostTokens = 10_000_000;

/** Does the request ask to see the model think? */
export const readThinking = (body: Fields, maxTokens: number | null): boolean => {
  const thinking = body.object("thinking");
  const type = thinking?.string("type") ?? "disabled";
  if (thinking === null || type === "disabled") return false;
  if (type === "adaptive") return thinking.string("display") !== "omitted";
  if (type !== "enabled") {
    throw thinking.invalid("type", "thinking.type: expected 'enabled', 'adaptive', 'disabled'");
  }
  const limits = { min: leastThinkingTokens, max: mostTokens, isInteger: true };
  const budget = thinking.number("budget_tokens", limits);
  if (budget === null) throw thinking.missing("budget_tokens");
  if (maxTokens !== null && budget >= maxTokens) {
    const text = "`max_tokens` must be greater than `thinking.budget_tokens`.";
    throw body.invalid("max_tokens", text);
  }
  return true;
};
