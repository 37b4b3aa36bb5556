/** Columns of a chart: epoch seconds, then one column a line; null where there is no value. */
export type ChartColumns = readonly [
  times: readonly number[],
  ...lines: readonly (readonly (number | null)[])[],
];
