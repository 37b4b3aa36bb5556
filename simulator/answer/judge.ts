import { categories, cheerful, gloomy, offensive, type WordList } from "./judge-words.data.ts";

const anyOf = ({ words, parts }: WordList): RegExp =>
  new RegExp(`\\b(?:${words.join("|")})\\b|${parts.join("|")}`, "i");

const unsafe = anyOf(offensive);
const positive = anyOf(cheerful);
const negative = anyOf(gloomy);

/** Would a moderator let this text pass? By keyword. */
export const isSafe = (text: string): boolean => !unsafe.test(text);

const byCategory = Object.entries(categories).map(([name, words]) => [name, anyOf(words)] as const);

/**
 * How likely a text falls into this category of a moderation, by keyword; null for what is none.
 * Of a category's special cases it is half as sure.
 */
export function moderationScore(category: string, text: string): number | null {
  const found = byCategory.find(([name]) => category === name || category.startsWith(`${name}/`));
  if (found === undefined) return null;
  const [name, words] = found;
  if (!words.test(text)) return 0.01;
  return category === name ? 0.9 : 0.45;
}

/** The mood of a review, by keyword. */
export const moodOf = (text: string): "positive" | "negative" | "mixed" | "neutral" => {
  const isGood = positive.test(text);
  const isBad = negative.test(text);
  if (isGood && isBad) return "mixed";
  if (isGood) return "positive";
  return isBad ? "negative" : "neutral";
};
