import { familiesById, type Family } from "./families.data.ts";
import { readBedrockModel } from "./model-id.ts";

/** The family of a model: `unknown` for names that an account chose, and for new ones. */
export function familyOf(modelId: string): Family {
  const id = readBedrockModel(modelId)?.foundationId ?? modelId;
  return familiesById.find(([start]) => id.startsWith(start))?.[1] ?? "unknown";
}

/** What a request may hold for a family; a name that an account chose may be any of them. */
export interface ModelTraits {
  readonly family: Family;
  /** Prefixes of system and messages may be marked for the cache. */
  readonly takesCachePoints: boolean;
  /** The list of tools as well. */
  readonly takesToolCachePoints: boolean;
  /** A tool's result may say that the tool failed. */
  readonly takesToolStatus: boolean;
  /** Reasoning goes back only if it is signed or encrypted. */
  readonly signsReasoning: boolean;
}

export function traitsOf(modelId: string): ModelTraits {
  const family = familyOf(modelId);
  const isClaude = family === "claude";
  const isOpen = isClaude || family === "unknown";
  return {
    family,
    takesCachePoints: isOpen || family === "nova",
    takesToolCachePoints: isOpen,
    takesToolStatus: isOpen || family === "nova",
    signsReasoning: isOpen,
  };
}
