import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { takesThinking } from "./model-traits.ts";

/** What Anthropic's clients say, themselves or by way of Converse. */
function saidFields({ dialect, rest }: CanonicalRequest): JsonObject {
  if (dialect === "anthropic") return rest;
  const fields = dialect === "bedrock" ? rest["additionalModelRequestFields"] : null;
  return isObject(fields) ? fields : {};
}

/** `generationConfig.thinkingConfig`; null where nothing is asked, or the model takes none. */
export function thinkingConfig(request: CanonicalRequest, model: string): JsonObject | null {
  const { thinking } = saidFields(request);
  if (!isObject(thinking) || !takesThinking(model)) return null;
  const { type, budget_tokens: budget } = thinking;
  switch (type) {
    case "enabled":
      return {
        includeThoughts: true,
        ...(typeof budget === "number" ? { thinkingBudget: budget } : {}),
      };
    case "adaptive":
      return { includeThoughts: thinking["display"] !== "omitted" };
    default:
      return null;
  }
}

/** Was it asked for in words that this model does not know, or that only Claude has? */
export function losesThinking(request: CanonicalRequest, model: string): boolean {
  const { thinking, output_config: config } = saidFields(request);
  const isWritten = thinkingConfig(request, model) !== null;
  return isObject(config) || (isObject(thinking) && !isWritten);
}
