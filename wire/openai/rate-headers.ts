import { rateHeaderWriter } from "../canonical/rate-header-writer.ts";

/** As OpenAI writes a time: `20ms`, `1.5s`, `6m0s`, `1h0m0s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms) / 1_000;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Number((seconds % 60).toFixed(3))}s`;
  if (minutes === 0) return rest;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${rest}` : `${hours}h${minutes % 60}m${rest}`;
}

/** Flat: `x-ratelimit-*` of the tightest rate in requests and of that in tokens. */
export const rateHeaders = rateHeaderWriter({
  nameOf: (what, kind) => `x-ratelimit-${what}-${kind}`,
  resetOf: ({ fullInMs }) => durationText(fullInMs),
});
