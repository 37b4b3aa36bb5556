/** Characters of a run that counts as one feature of a text. */
const runLengths = [2, 3] as const;

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

const hashOf = (text: string, start: number, end: number): number => {
  let hash = fnvOffset;
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime);
  }
  return hash >>> 0;
};

/** The float32 next to a number, in the fewest digits that name it. */
const short = (value: number): number => Number(Math.fround(value).toPrecision(9));

/**
 * A vector of length 1 of a text: the same text has the same vector, and texts that share words
 * have vectors that are near to each other. Each run of characters points along one axis.
 */
export const embedText = (text: string, dimensions: number): number[] => {
  const vector = new Float64Array(dimensions);
  const padded = ` ${text.toLowerCase()} `;
  for (const length of runLengths) {
    for (let at = 0; at + length <= padded.length; at += 1) {
      const hash = hashOf(padded, at, at + length);
      const axis = hash % dimensions;
      vector[axis] = (vector[axis] ?? 0) + (hash & 0x40000000 ? 1 : -1);
    }
  }
  const norm = Math.hypot(...vector) || 1;
  return Array.from(vector, (value) => short(value / norm));
};
