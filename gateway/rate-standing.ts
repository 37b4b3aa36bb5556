import type { RateLevels } from "@sekisho/wire/canonical/rate-level.ts";

/** What the rates of a request leave its caller, at the moment at which it is asked. */
export type RateStanding = () => RateLevels;
