import { editDistance } from "./nearest.ts";

/** A third of the letters may be wrong, and two in any case: beyond that it is another word. */
const mostEdits = (word: string): number => Math.max(2, Math.ceil(word.length / 3));

/** No longer words are compared: their edits cost too much to count. */
const comparedLength = 128;

/**
 * The words that were probably meant, the likeliest first and at most so many; none when none is
 * near enough to be worth saying, and none that is farther than the nearest by two. Counting edits
 * costs the product of two lengths: words whose lengths differ by more than may be wrong are not
 * compared.
 */
export function closestWords(typed: string, known: Iterable<string>, most: number): string[] {
  const from = typed.toLowerCase();
  const near: { readonly word: string; readonly edits: number }[] = [];
  for (const word of known) {
    const limit = mostEdits(word);
    if (Math.max(from.length, word.length) > comparedLength) continue;
    if (Math.abs(from.length - word.length) > limit) continue;
    const edits = editDistance(from, word.toLowerCase());
    if (edits <= limit) near.push({ word, edits });
  }
  const least = Math.min(...near.map(({ edits }) => edits));
  return near
    .filter(({ edits }) => edits <= least + 1)
    .toSorted((one, other) => one.edits - other.edits)
    .slice(0, most)
    .map(({ word }) => word);
}

/** The word that was probably meant; null when none is near enough to be worth saying. */
export const closest = (typed: string, known: Iterable<string>): string | null =>
  closestWords(typed, known, 1)[0] ?? null;
