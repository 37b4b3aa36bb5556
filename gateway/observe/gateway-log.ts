import type { Log } from "@sekisho/lib/telemetry/log.ts";

/** What a log line about model traffic may say beside the general fields; nothing else gets in. */
export const gatewayLogFields = [
  "event",
  "object",
  "by",
  "tenant",
  "key",
  "surface",
  "alias",
  "model",
  "provider",
  "region",
  "attempts",
  "outcome",
  "inputTokens",
  "outputTokens",
  "costNanoUsd",
  "latencyMs",
  "firstTokenMs",
  "loadLevel",
  "refused",
  "lagMs",
  "heapShare",
  "queueAgeMs",
] as const;

export type GatewayLogField = (typeof gatewayLogFields)[number];
export type GatewayLog = Log<GatewayLogField>;
