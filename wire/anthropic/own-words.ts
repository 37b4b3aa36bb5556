import { carriage, fieldFeatures, type CarriageRow } from "../canonical/carriage.data.ts";
import { isNeutral } from "../canonical/request-features.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** What a request says in this dialect's own words, itself or to Claude on Bedrock. */
export function ownWords({ dialect, rest }: CanonicalRequest): JsonObject {
  if (dialect === "anthropic") return rest;
  const fields = dialect === "bedrock" ? rest["additionalModelRequestFields"] : null;
  return isObject(fields) ? fields : {};
}

/**
 * Of them what goes to a target: all that a client of this dialect said itself, else what the table
 * of carriage says. What asks for nothing stays behind: it may be no word of this dialect's.
 */
export function carriedWords(request: CanonicalRequest): JsonObject {
  const words = ownWords(request);
  return request.dialect === "anthropic" ? words : Object.fromEntries(carriedEntries(words));
}

const carriedEntries = (words: JsonObject): (readonly [string, unknown])[] =>
  Object.entries(words).filter(([key, value]) => {
    const feature = fieldFeatures.anthropic.get(key);
    const row: CarriageRow | null = feature === undefined ? null : carriage[feature];
    return row?.anthropic === "carry" && !isNeutral(key, value);
  });
