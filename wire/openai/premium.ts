import { isObject, type JsonObject } from "../field-rules.ts";

/** Tiers at the list price or below it; what a project has as its default is its own affair. */
const plainTiers: readonly unknown[] = [undefined, null, "auto", "default", "flex"];

/** As `RequestFacts.premium`. */
export function premiumOf(body: JsonObject): string | null {
  if (!plainTiers.includes(body["service_tier"])) return "service_tier";
  return isObject(body["web_search_options"]) ? "web_search_options" : null;
}
