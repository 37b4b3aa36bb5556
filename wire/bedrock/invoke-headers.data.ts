import type { Feature } from "../canonical/carriage.data.ts";

/**
 * What a request of InvokeModel may ask for in headers, and what that is in the table of carriage.
 * To a target of the same interface they go as they are.
 */
export const invokeHeaders: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ["x-amzn-bedrock-guardrailidentifier", "guardrails"],
  ["x-amzn-bedrock-guardrailversion", "guardrails"],
  ["x-amzn-bedrock-trace", "diagnostics"],
  ["x-amzn-bedrock-performanceconfig-latency", "service_tier"],
  ["x-amzn-bedrock-service-tier", "service_tier"],
]);
