import { premiumOf as premiumOfClaude } from "../anthropic/premium.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

const plainTiers: readonly unknown[] = [undefined, null, "default", "flex"];
const plainLatencies: readonly unknown[] = [undefined, null, "standard"];

/** Values of the headers of InvokeModel that say the same. */
export const isPlainTier = (tier: unknown): boolean => plainTiers.includes(tier);
export const isPlainLatency = (latency: unknown): boolean => plainLatencies.includes(latency);

const memberOf = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : null);

/** As `RequestFacts.premium`. */
export function premiumOf(body: JsonObject): string | null {
  if (!isPlainTier(memberOf(body["serviceTier"], "type"))) return "serviceTier";
  if (!isPlainLatency(memberOf(body["performanceConfig"], "latency"))) return "performanceConfig";
  const fields = body["additionalModelRequestFields"];
  const premium = isObject(fields) ? premiumOfClaude(fields) : null;
  return premium === null ? null : `additionalModelRequestFields.${premium}`;
}
