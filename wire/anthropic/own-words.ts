import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";

/** What a request says in this dialect's own words, itself or to Claude on Bedrock. */
export function ownWords({ dialect, rest }: CanonicalRequest): JsonObject {
  if (dialect === "anthropic") return rest;
  const fields = dialect === "bedrock" ? rest["additionalModelRequestFields"] : null;
  return isObject(fields) ? fields : {};
}
