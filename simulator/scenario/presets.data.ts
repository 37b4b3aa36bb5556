import type { Scenario } from "./scenario.ts";

const human = { firstTokenMs: { lognormal: { p50: 180, p99: 600 } }, tokensPerSecond: 60 } as const;

/** Scenarios with a name of their own, for demonstrations: `{"preset": "brown-out"}`. */
export const presets: Readonly<Record<string, readonly Scenario[]>> = {
  calm: [],
  human: [{ name: "human", ...human }],
  "brown-out": [{ name: "brown-out", ...human, slowdown: 10 }],
  flapping: [{ name: "flapping", match: { flapMs: 5_000 }, fault: "503" }],
  storm: [{ name: "storm", match: { probability: 0.8 }, fault: "529", retryAfter: "2" }],
  "random-errors": [{ name: "random-errors", match: { probability: 0.1 }, fault: "500" }],
  hallucinate: [{ name: "hallucinate", ...human, hallucinate: 0.2 }],
};
