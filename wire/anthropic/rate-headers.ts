import { rateHeaderWriter } from "../canonical/rate-header-writer.ts";
import { rfc3339 } from "../framing/rfc3339.ts";

/** Not too early: the text has no fraction. */
const wholeSecond = (ms: number): number => Math.ceil(ms / 1_000) * 1_000;

/**
 * Flat: `anthropic-ratelimit-*` of the tightest rate in requests and of that in tokens. Those of
 * input and output tokens apart are not there: our rates count both together.
 */
export const rateHeaders = rateHeaderWriter({
  nameOf: (what, kind) => `anthropic-ratelimit-${kind}-${what}`,
  resetOf: ({ fullInMs }, atWallMs) => rfc3339(wholeSecond(atWallMs + fullInMs)),
});
