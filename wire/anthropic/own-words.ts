import {
  carriage,
  fieldFeatures,
  type CarriageRow,
  type TargetDialect,
} from "../canonical/carriage.data.ts";
import { isNeutral } from "../canonical/request-features.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** What a request says in this dialect's own words, itself or to Claude on Bedrock. */
export function ownWords({ dialect, rest }: CanonicalRequest): JsonObject {
  if (dialect === "anthropic") return rest;
  const fields = dialect === "bedrock" ? rest["additionalModelRequestFields"] : null;
  return isObject(fields) ? fields : {};
}

/** The columns of the table of carriage in this dialect's words. */
export type ClaudeWords = Extract<TargetDialect, "anthropic" | "invoke">;

/**
 * Of them what goes to a target: all that a client of this dialect said itself, else what the table
 * of carriage says. What asks for nothing stays behind: it may be no word of this dialect's.
 */
export function carriedWords(request: CanonicalRequest, target: ClaudeWords): JsonObject {
  const words = ownWords(request);
  if (request.dialect === target) return words;
  return Object.fromEntries(
    Object.entries(words).filter(([key, value]) => {
      const feature = fieldFeatures.anthropic.get(key);
      const row: CarriageRow | null = feature === undefined ? null : carriage[feature];
      return row?.[target] === "carry" && !isNeutral(key, value);
    }),
  );
}
