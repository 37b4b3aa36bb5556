import { isObject, type JsonObject } from "../field-rules.ts";

const plainSpeeds: readonly unknown[] = [undefined, null, "standard"];
const plainPlaces: readonly unknown[] = [undefined, null, "global", "not_available"];
/** Charged by the search or by the hour. */
const chargedTool = /^(?:web_search|code_execution)_/;

/** As `RequestFacts.premium`. */
export function premiumOf(body: JsonObject): string | null {
  if (!plainSpeeds.includes(body["speed"])) return "speed";
  if (!plainPlaces.includes(body["inference_geo"])) return "inference_geo";
  const tools: unknown[] = Array.isArray(body["tools"]) ? body["tools"] : [];
  const charged = tools.findIndex((tool) => {
    const type = isObject(tool) ? tool["type"] : null;
    return typeof type === "string" && chargedTool.test(type);
  });
  return charged === -1 ? null : `tools.[${charged}]`;
}
