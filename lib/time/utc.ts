const dayMs = 86_400_000;

/** Start of the UTC day in which `atMs` lies, as epoch milliseconds. */
export const utcDayStartMs = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs;

export const nextUtcDayStartMs = (atMs: number): number => utcDayStartMs(atMs) + dayMs;

/** Start of the UTC month in which `atMs` lies, as epoch milliseconds. */
export const utcMonthStartMs = (atMs: number): number => monthStartMs(atMs, 0);

export const nextUtcMonthStartMs = (atMs: number): number => monthStartMs(atMs, 1);

/** Start of a day written `2026-11-20`; null for what is no day of the calendar. */
export function utcDayMs(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const ms = Date.parse(day);
  // 30 February is the 2nd of March to some parsers: only what is written back the same is a day.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? null : ms;
}

function monthStartMs(atMs: number, offset: number): number {
  const at = new Date(atMs);
  // `Date.UTC` takes the years 0 to 99 for those of the 20th century.
  return new Date(0).setUTCFullYear(at.getUTCFullYear(), at.getUTCMonth() + offset, 1);
}
