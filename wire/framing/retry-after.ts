import { parseHttpDate } from "./http-date.ts";

/** Answer headers, names in lower case. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** RTE-8. No request may wait longer, so a longer hint says nothing more. */
export const longestRetryAfterMs = 86_400_000;

const first = (headers: HeaderMap, name: string): string => {
  const value = headers[name];
  return (typeof value === "string" ? value : (value?.[0] ?? "")).trim();
};

const plainNumber = /^\d{1,15}(?:\.\d{1,9})?$/;

const cap = (ms: number): number => Math.min(Math.ceil(ms), longestRetryAfterMs);

/**
 * How long a provider asks us to stay away, from now on: `retry-after-ms`, `x-amz-retry-after`
 * (ms), `retry-after` as seconds or as a date, in this order. Null when it says nothing or
 * nonsense.
 */
export function retryAfterMs(headers: HeaderMap, nowMs: number): number | null {
  for (const name of ["retry-after-ms", "x-amz-retry-after"]) {
    const text = first(headers, name);
    if (plainNumber.test(text)) return cap(Number(text));
  }
  const text = first(headers, "retry-after");
  if (plainNumber.test(text)) return cap(Number(text) * 1000);
  const atMs = parseHttpDate(text);
  if (atMs === null) return null;
  return cap(Math.max(0, atMs - nowMs));
}
