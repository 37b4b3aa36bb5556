import type { Feature } from "../../canonical/carriage.data.ts";
import { isPlainLatency, isPlainTier } from "../premium.ts";

/** What a header of InvokeModel asks for, in the words of the table of carriage. */
export interface InvokeHeader {
  readonly feature: Feature;
  /** As `RequestFacts.premium`, for this value of it. */
  isPremium(value: string): boolean;
}

const never = (): boolean => false;

/**
 * What a request of InvokeModel may ask for in headers. To a target of the same interface they go
 * as they are.
 */
export const invokeHeaders: ReadonlyMap<string, InvokeHeader> = new Map<string, InvokeHeader>([
  ["x-amzn-bedrock-guardrailidentifier", { feature: "guardrails", isPremium: never }],
  ["x-amzn-bedrock-guardrailversion", { feature: "guardrails", isPremium: never }],
  ["x-amzn-bedrock-trace", { feature: "diagnostics", isPremium: never }],
  [
    "x-amzn-bedrock-performanceconfig-latency",
    { feature: "service_tier", isPremium: (value) => !isPlainLatency(value) },
  ],
  [
    "x-amzn-bedrock-service-tier",
    { feature: "service_tier", isPremium: (value) => !isPlainTier(value) },
  ],
]);
