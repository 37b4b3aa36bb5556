import type { WindowedBreakerLimits } from "@sekisho/lib/resilience/windowed-breaker.ts";

/** What of the service's circuit is configured. */
export interface ChatCircuitLimits {
  readonly failures: number;
  readonly openMs: number;
  readonly successes: number;
}

/** Failures in a row open it at any rate of calls, and each opening lasts the same time (REF-9). */
export const chatBreakerLimits = ({
  failures,
  openMs,
  successes,
}: ChatCircuitLimits): WindowedBreakerLimits => ({
  failures,
  failureShare: 1,
  burstWindowMs: 3_000,
  windowMs: 60_000,
  quietCallsPerSecond: Infinity,
  openMs,
  openMaxMs: openMs,
  openGrowth: 1,
  probeMs: openMs,
  successes,
});
