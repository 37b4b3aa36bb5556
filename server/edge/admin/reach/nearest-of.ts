import { nearest } from "@sekisho/lib/text/nearest.ts";

/** The end of a sentence about a name that nothing has: "; the nearest is …". */
export function nearestOf(name: string, known: Iterable<string>): string {
  const found = nearest(name, known);
  return found === null ? "; there are none" : `; the nearest is "${found.text}"`;
}
