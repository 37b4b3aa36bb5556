import { ownWords } from "../anthropic/claude/own-words.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import type { Family } from "./families.data.ts";
import { claudeToolChoice } from "./write-tools.ts";

/** What only one model's maker has words for. */
export interface ModelFields {
  /** `additionalModelRequestFields` */
  readonly fields: JsonObject;
  /** `outputConfig.effort` */
  readonly effort: unknown;
}

const isEmpty = (object: object): boolean => Object.keys(object).length === 0;

/**
 * Fields as the client named them: to Claude in its maker's words, or to any model by Converse's
 * way to them.
 */
export function saidFields(request: CanonicalRequest): JsonObject {
  const { dialect, rest } = request;
  if (dialect === "bedrock") {
    const fields = rest["additionalModelRequestFields"];
    return isObject(fields) ? fields : {};
  }
  if (dialect === "gemini") return ownWords(request);
  if (dialect !== "anthropic") return {};
  const { thinking, output_config: config } = rest;
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(config === undefined ? {} : { output_config: config }),
  };
}

function topKField(topK: number | null, family: Family): JsonObject {
  if (topK === null) return {};
  return family === "nova" ? { inferenceConfig: { topK } } : { top_k: topK };
}

export interface FieldsTarget {
  readonly family: Family;
  /** What is left of the client's choice. */
  readonly topK: number | null;
}

/** Does a model of this family take what the client said to one? */
export const isTakenBy = (family: Family, { dialect }: CanonicalRequest): boolean =>
  family === "claude" || dialect === "bedrock";

/** Those that a model of this family takes. */
export function modelFields(request: CanonicalRequest, target: FieldsTarget): ModelFields {
  const { family, topK } = target;
  const isClaude = family === "claude";
  const said = isTakenBy(family, request) ? saidFields(request) : {};
  const { output_config: config, ...others } = said;
  const { effort, ...configRest } = isObject(config) ? config : {};
  const choice = isClaude ? claudeToolChoice(request) : null;
  return {
    fields: {
      ...others,
      ...(isEmpty(configRest) ? {} : { output_config: configRest }),
      ...topKField(topK, family),
      ...(choice === null ? {} : { tool_choice: choice }),
    },
    effort,
  };
}
