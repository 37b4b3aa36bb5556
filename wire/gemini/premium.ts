import { isObject, type JsonObject } from "../field-rules.ts";

/** Charged by the query, or by what is fetched. */
const chargedTools = [
  "googleSearch",
  "googleSearchRetrieval",
  "googleMaps",
  "enterpriseWebSearch",
  "fileSearch",
] as const;

const plainTiers: readonly unknown[] = [undefined, null, "standard", "STANDARD", "flex", "FLEX"];

/** As `RequestFacts.premium`. */
export function premiumOf(body: JsonObject): string | null {
  if (!plainTiers.includes(body["serviceTier"])) return "serviceTier";
  const tools: unknown[] = Array.isArray(body["tools"]) ? body["tools"] : [];
  const charged = tools.findIndex(
    (tool) => isObject(tool) && chargedTools.some((name) => isObject(tool[name])),
  );
  return charged === -1 ? null : `tools.[${charged}]`;
}
