/** Edits that turn one text into the other: insert, delete, replace, swap two neighbours. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) {
        edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** No key is longer; what a file has beyond it is not compared. */
const comparedLength = 64;

export interface Nearest {
  readonly text: string;
  readonly edits: number;
}

/** The candidate with the fewest edits, in the order given among equals; null without any. */
export function nearest(wanted: string, candidates: Iterable<string>): Nearest | null {
  const from = wanted.slice(0, comparedLength).toLowerCase();
  let best: Nearest | null = null;
  for (const text of candidates) {
    const edits = editDistance(from, text.slice(0, comparedLength).toLowerCase());
    if (best === null || edits < best.edits) best = { text, edits };
  }
  return best;
}
