import type { Finding } from "./drill.ts";

/** A number that has to be at most `limit`; null when it was never found. */
export const atMost = (
  what: string,
  value: number | null,
  { limit, unit = "", digits = 0 }: Measure,
): Finding => ({
  what,
  found: value === null ? "not seen" : `${value.toFixed(digits)}${unit}`,
  limit: `at most ${limit.toFixed(digits)}${unit}`,
  isMet: value !== null && value <= limit,
});

interface Measure {
  readonly limit: number;
  /** With the blank before it. */
  readonly unit?: string;
  readonly digits?: number;
}

/** A text that has to be this one. */
export const equals = (what: string, found: string, limit: string): Finding => ({
  what,
  found,
  limit,
  isMet: found === limit,
});
