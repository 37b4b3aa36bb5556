import { closestWords } from "./closest.ts";

/** So many names that are near to a wrong one are told. */
const most = 3;

/** Names that were probably meant, each once, the likeliest first. */
export const nearNames = (typed: string, known: Iterable<string>): string[] =>
  closestWords(typed, new Set(known), most);

/** The end of a sentence about a wrong name: `; the nearest is "fast"`, and "" without any. */
export function nearestAre(names: readonly string[]): string {
  if (names.length === 0) return "";
  const shown = names.map((name) => `"${name}"`).join(", ");
  return names.length === 1 ? `; the nearest is ${shown}` : `; the nearest are ${shown}`;
}
