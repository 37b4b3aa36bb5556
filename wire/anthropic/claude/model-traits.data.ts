import type { ApiVersion } from "./api-version.ts";
import type { ClaudeVersion } from "./claude-version.ts";

/** What is a 400: any sampling parameter at all, or `temperature` and `top_p` together. */
export type SamplingRefusal = "all" | "both";

/** From this Claude on a model refuses what stands beside it. */
export interface SamplingRule {
  readonly from: ClaudeVersion;
  readonly refuses: SamplingRefusal;
}

/**
 * From API version 2026-10-21 on the sampling parameters are gone, for whatever model and value;
 * before that it depends on the model. The first rule that fits counts.
 */
export const refusedSampling: Readonly<Record<ApiVersion, "all" | readonly SamplingRule[]>> = {
  "2026-10-21": "all",
  "2023-06-01": [
    { from: { major: 4, minor: 7 }, refuses: "all" },
    { from: { major: 4, minor: 1 }, refuses: "both" },
  ],
};

/** The end of the range of `temperature`, and its default; OpenAI's range goes to 2. */
export const maxTemperature = 1;

/** While a model thinks aloud it takes no other temperature, no lower top_p and no top_k. */
export const whileThinking = { temperature: 1, minTopP: 0.95 } as const;

/** From this Claude on a message may have the role "system". */
export const takesSystemMessages: ClaudeVersion = { major: 4, minor: 8 };

/** What the provider adds to a prompt with tools or with a schema for the answer, rounded up. */
export const addedPromptTokens = 1024;

/** Longer ids of tool calls are replaced: some gateways keep a signature in them. */
export const maxCallIdLength = 256;

/** A request may mark so many prefixes for the cache. */
export const maxCachePoints = 4;

/** For a request that names no limit, where this dialect demands one. */
export const defaultMaxTokens = 4096;
