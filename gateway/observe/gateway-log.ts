import type { Log } from "@sekisho/lib/telemetry/log.ts";

/** What a log line about model traffic may say beside the general fields; nothing else gets in. */
export const gatewayLogFields = [
  "event",
  "object",
  "by",
  "auditRow",
  "auditHash",
  "tenant",
  "key",
  "surface",
  "alias",
  "choice",
  "leftOutMessages",
  "model",
  "provider",
  "region",
  "credential",
  "reach",
  "attempts",
  "outcome",
  "inputTokens",
  "outputTokens",
  "costNanoUsd",
  "latencyMs",
  "firstTokenMs",
  "loadLevel",
  "recentFailures",
  "retryInMs",
  "refused",
  "lagMs",
  "heapShare",
  "queueAgeMs",
  "measure",
  "share",
  "limit",
  "used",
  "thrown",
  "place",
] as const;

export type GatewayLogField = (typeof gatewayLogFields)[number];
export type GatewayLog = Log<GatewayLogField>;
