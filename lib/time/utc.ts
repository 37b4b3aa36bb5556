const dayMs = 86_400_000;

/** Start of the UTC day in which `atMs` lies, as epoch milliseconds. */
export const utcDayStartMs = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;

export const nextUtcDayStartMs = (atMs: number): number => utcDayStartMs(atMs) + dayMs;

/** Start of the UTC month in which `atMs` lies, as epoch milliseconds. */
export const utcMonthStartMs = (atMs: number): number => monthStartMs(atMs, 0);

export const nextUtcMonthStartMs = (atMs: number): number => monthStartMs(atMs, 1);

function monthStartMs(atMs: number, offset: number): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + offset, 1);
}
