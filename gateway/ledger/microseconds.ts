/** As roll-ups count times. */
export const microseconds = (ms: number): number => Math.round(ms * 1_000);
