/** Columns of a chart: epoch seconds, then one column a line; null where there is no value. */
export type ChartColumns = readonly [
  times: readonly number[],
  ...lines: readonly (readonly (number | null)[])[],
];

/**
 * A column without its stretches of zero, of which most lines of errors consist: a line along the
 * axis says nothing. The zeros beside a value stay, so that it rises from somewhere.
 */
export const withoutZeros = (line: readonly (number | null)[]): (number | null)[] =>
  line.map((value, at) => {
    const isNear = (line[at - 1] ?? 0) > 0 || (line[at + 1] ?? 0) > 0;
    return value === 0 && !isNear ? null : value;
  });

/** Where a value stands alone: no line goes through it, so it needs a point. */
export const loneValues = (line: readonly (number | null | undefined)[]): number[] =>
  line.flatMap((value, at) => {
    const hasNeighbour = (line[at - 1] ?? null) !== null || (line[at + 1] ?? null) !== null;
    return (value ?? null) === null || hasNeighbour ? [] : [at];
  });
