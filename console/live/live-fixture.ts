import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { LiveFrame, LiveSlot } from "@sekisho/wire/admin/live.ts";

/** A histogram of these values, as it travels. */
export function histogramText(values: readonly number[]): string {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return Buffer.from(histogram.toBytes()).toString("base64");
}

export const slotOf = (target: string, slot: number, more: Partial<LiveSlot> = {}): LiveSlot => ({
  target,
  slot,
  requests: 1,
  errors: 0,
  codes: {},
  failedAttempts: {},
  inputTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  totalUs: "",
  firstTokenUs: "",
  tokensPerSecond: "",
  ...more,
});

/** A frame of a gateway whose second 0 was 1,000,000,000 s after 1970. */
export const frameOf = (second: number, more: Partial<LiveFrame> = {}): LiveFrame => ({
  wallMs: 1_000_000_000_000 + second * 1_000,
  second,
  seconds: [],
  targets: [],
  slots: [],
  refusals: [],
  circuits: null,
  changes: [],
  alerts: [],
  today: null,
  running: 0,
  ...more,
});

export const circuitOf = (id: string, more: Partial<CircuitView> = {}): CircuitView => ({
  level: "target",
  id,
  provider: "p",
  region: "r",
  credential: null,
  model: `model of ${id}`,
  aliases: null,
  state: "closed",
  forced: null,
  isDrained: false,
  recentFailures: 0,
  failureThreshold: 5,
  recoveryTimeoutS: 30,
  retryInMs: null,
  share: 1,
  ...more,
});
