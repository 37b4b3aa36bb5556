import { isObject, type JsonObject } from "../field-rules.ts";
import {
  flaggedScore,
  moderationCategories,
  moderationCategoryNames,
  type ModerationCategory,
} from "./moderation-categories.data.ts";
import type { ModerationInput } from "./moderation-input.ts";

/** What a model has found: a probability for each category. */
export type ModerationScores = Readonly<Record<ModerationCategory, number>>;

/**
 * The scores that a model has written; null unless each category has one from 0 to 1. What stands
 * around the object, such as a fence, is passed over.
 */
export function readScores(text: string): ModerationScores | null {
  const json = parse(text) ?? parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  if (json === null) return null;
  const scores: [ModerationCategory, number][] = [];
  for (const name of moderationCategoryNames) {
    const score = json[name];
    if (typeof score !== "number" || !(score >= 0 && score <= 1)) return null;
    scores.push([name, score]);
  }
  // Each key of the table was put in.
  return Object.fromEntries(scores) as ModerationScores;
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** One input and what was found in it. */
export interface JudgedInput {
  readonly input: ModerationInput;
  readonly scores: ModerationScores;
}

export interface ModerationAnswer {
  /** `modr-…` */
  readonly id: string;
  readonly model: string;
  /** In the order of the request. */
  readonly judged: readonly JudgedInput[];
}

/** The body of the answer. */
export const encodeModerations = ({ id, model, judged }: ModerationAnswer): string =>
  JSON.stringify({ id, model, results: judged.map(resultOf) });

function resultOf({ input, scores }: JudgedInput): JsonObject {
  const each = <T>(value: (name: ModerationCategory) => T): Record<string, T> =>
    Object.fromEntries(moderationCategoryNames.map((name) => [name, value(name)]));
  const isFlagged = (name: ModerationCategory): boolean => scores[name] >= flaggedScore;
  const hasText = input.some(({ type }) => type === "text");
  const hasImage = input.some(({ type }) => type === "image_url");
  return {
    flagged: moderationCategoryNames.some(isFlagged),
    categories: each(isFlagged),
    category_scores: each((name) => scores[name]),
    category_applied_input_types: each((name) => [
      ...(hasText ? ["text"] : []),
      ...(hasImage && moderationCategories[name].inImages ? ["image"] : []),
    ]),
  };
}
