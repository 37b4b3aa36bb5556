import { cheerful, gloomy, offensive, type WordList } from "./judge-words.data.ts";

const anyOf = ({ words, parts }: WordList): RegExp =>
  new RegExp(`\\b(?:${words.join("|")})\\b|${parts.join("|")}`, "i");

const unsafe = anyOf(offensive);
const positive = anyOf(cheerful);
const negative = anyOf(gloomy);

/** Would a moderator let this text pass? By keyword. */
export const isSafe = (text: string): boolean => !unsafe.test(text);

/** The mood of a review, by keyword. */
export const moodOf = (text: string): "positive" | "negative" | "mixed" | "neutral" => {
  const isGood = positive.test(text);
  const isBad = negative.test(text);
  if (isGood && isBad) return "mixed";
  if (isGood) return "positive";
  return isBad ? "negative" : "neutral";
};
