import {
  carriage,
  fieldFeatures,
  type CarriageRow,
  type TargetDialect,
} from "../../canonical/carriage.data.ts";
import { isNeutral } from "../../canonical/request-features.ts";
import type { CanonicalRequest } from "../../canonical/request.ts";
import { isObject, type JsonObject } from "../../field-rules.ts";

/** What a request says in this dialect's own words, itself or to Claude on Bedrock. */
export function ownWords({ dialect, rest, maxTokens }: CanonicalRequest): JsonObject {
  if (dialect === "anthropic") return rest;
  if (dialect === "gemini") return thinkingOfGemini(rest[geminiThinkingKey], maxTokens);
  const fields = dialect === "bedrock" ? rest["additionalModelRequestFields"] : null;
  return isObject(fields) ? fields : {};
}

/** Where a request of Gemini's has it. */
export const geminiThinkingKey = "generationConfig.thinkingConfig";

/** The least that a Claude thinks in. */
const leastBudget = 1024;

/** Gemini's levels as Google itself translates them into budgets. */
const levelBudgets: ReadonlyMap<unknown, number> = new Map([
  ["MINIMAL", 1024],
  ["LOW", 1024],
  ["MEDIUM", 8192],
  ["HIGH", 24_576],
]);

/** A level is no number that somebody chose: it leaves room for the answer. */
function budgetOfLevel(level: unknown, maxTokens: number | null): number | null {
  const budget = levelBudgets.get(typeof level === "string" ? level.toUpperCase() : level);
  return budget === undefined ? null : Math.min(budget, Math.floor((maxTokens ?? Infinity) / 2));
}

/** A budget of zero switches it off; a negative one leaves the length to the model. */
function thinkingOfGemini(config: unknown, maxTokens: number | null): JsonObject {
  if (!isObject(config)) return {};
  const { includeThoughts, thinkingBudget: budget, thinkingLevel: level } = config;
  if (budget === 0) return { thinking: { type: "disabled" } };
  const isNumber = typeof budget === "number" && budget > 0;
  const asked = isNumber ? budget : budgetOfLevel(level, maxTokens);
  if (includeThoughts !== true && asked === null) return {};
  return {
    thinking: { type: "enabled", budget_tokens: Math.max(leastBudget, Math.ceil(asked ?? 0)) },
  };
}

/** The columns of the table of carriage in this dialect's words. */
export type ClaudeWords = Extract<TargetDialect, "anthropic" | "invoke">;

/**
 * Of them what goes to a target: all that a client of this dialect said itself, else what the table
 * of carriage says. What asks for nothing stays behind: it may be no word of this dialect's.
 */
export function carriedWords(request: CanonicalRequest, target: ClaudeWords): JsonObject {
  const words = ownWords(request);
  if (request.dialect === target) return words;
  return Object.fromEntries(
    Object.entries(words).filter(([key, value]) => {
      const feature = fieldFeatures.anthropic.get(key);
      const row: CarriageRow | null = feature === undefined ? null : carriage[feature];
      return row?.[target] === "carry" && !isNeutral(key, value);
    }),
  );
}
