import type { CircuitView } from "./circuits.ts";

/** The circuit of a target in good health, but for what is said. */
export const circuit = (over: Partial<CircuitView> = {}): CircuitView => ({
  level: "target",
  id: `p/${over.credential ?? "main"}/m`,
  provider: "p",
  region: "r",
  credential: "main",
  model: "m",
  aliases: null,
  state: "closed",
  forced: null,
  isDrained: false,
  recentFailures: 0,
  failureThreshold: 5,
  recoveryTimeoutS: 30,
  retryInMs: null,
  share: 1,
  ...over,
});
