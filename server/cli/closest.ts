import { nearest } from "../config/wording/nearest.ts";

/** The word that was probably meant; null when none is near enough to be worth saying. */
export function closest(typed: string, known: Iterable<string>): string | null {
  const found = nearest(typed, known);
  if (found === null) return null;
  return found.edits <= Math.max(2, Math.ceil(found.text.length / 3)) ? found.text : null;
}
