import type { Sampling } from "../../canonical/request.ts";
import type { ApiVersion } from "./api-version.ts";
import { isClaudeFrom } from "./claude-version.ts";
import {
  maxTemperature,
  refusedSampling,
  whileThinking,
  type SamplingRefusal,
} from "./model-traits.data.ts";

export interface SamplingTarget {
  readonly apiVersion: ApiVersion;
  /** The provider's name of the model. */
  readonly model: string;
  /** The request asks the model to think ahead of its answer. */
  readonly isThinking: boolean;
}

/** Sampling parameters of this dialect. */
export type SamplingName = "temperature" | "top_p" | "top_k";

type Chosen = Pick<Sampling, "temperature" | "topP" | "topK">;

/**
 * Those of the given parameters that the target would answer with a 400. A translation leaves them
 * out and says so; a client of this dialect is left to the provider's own words.
 */
export function droppedSampling(
  { temperature, topP, topK }: Chosen,
  target: SamplingTarget,
): readonly SamplingName[] {
  const refusal = refusalOf(target);
  const { isThinking } = target;
  const takesTemperature =
    temperature !== null &&
    refusal !== "all" &&
    temperature <= maxTemperature &&
    (!isThinking || temperature === whileThinking.temperature);
  const takesTopP =
    topP !== null &&
    refusal !== "all" &&
    !(refusal === "both" && takesTemperature) &&
    (!isThinking || topP >= whileThinking.minTopP);
  const takesTopK = refusal !== "all" && !isThinking;
  const dropped: SamplingName[] = [];
  if (temperature !== null && !takesTemperature) dropped.push("temperature");
  if (topP !== null && !takesTopP) dropped.push("top_p");
  if (topK !== null && !takesTopK) dropped.push("top_k");
  return dropped;
}

function refusalOf({ apiVersion, model }: SamplingTarget): SamplingRefusal | null {
  const rules = refusedSampling[apiVersion];
  if (rules === "all") return rules;
  return rules.find(({ from }) => isClaudeFrom(model, from))?.refuses ?? null;
}

/** The same sampling without those. */
export const withoutSampling = (
  sampling: Sampling,
  dropped: readonly SamplingName[],
): Sampling => ({
  ...sampling,
  temperature: dropped.includes("temperature") ? null : sampling.temperature,
  topP: dropped.includes("top_p") ? null : sampling.topP,
  topK: dropped.includes("top_k") ? null : sampling.topK,
});
