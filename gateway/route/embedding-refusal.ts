import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  embeddingWordsOf,
  takesEmbedding,
} from "@sekisho/wire/bedrock/embedding/embedding-words.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { EmbeddingAsk } from "@sekisho/wire/canonical/embedding.ts";
import { shownModel } from "../model-name.ts";
import type { AskedWords } from "../target-api.ts";
import type { EmbeddingFacts, Target, TargetApi } from "../target.ts";

interface AskedTarget extends Pick<Target, "upstreamModel" | "embedding"> {
  /** What the client calls it. */
  readonly alias?: string;
}

/** Why vectors of this request cannot be had of the target; null when they can. */
export function embeddingRefusal(
  ask: EmbeddingAsk,
  api: TargetApi,
  target: AskedTarget,
): Failure<Code> | null {
  const { upstreamModel: model, embedding: facts } = target;
  if (api === "ai-sdk") {
    const why = "a provider of kind ai-sdk is asked for no vectors, whatever its package has";
    return refusal(target, { why, param: "model" });
  }
  const { unknownField, nativeWords } = ask;
  // What a native body asks for is between its sender and a model in whose words it is.
  if (nativeWords !== null && api === "bedrock.invoke" && takesEmbedding(model, nativeWords)) {
    return null;
  }
  if (!facts || !hasWords(api, model, facts)) {
    return refusal(target, { why: "it makes no vectors", param: "model" });
  }
  if (unknownField !== null && (nativeWords !== null || api !== "openai.chat")) {
    const whose = nativeWords === null ? "OpenAI's" : "the body's own";
    const why = `only ${whose} dialect may know the field "${unknownField}"`;
    return refusal(target, { why, param: unknownField });
  }
  if (ask.isTokens && !facts.takesTokens) {
    const why = "it takes texts, the inputs are ids of tokens";
    return refusal(target, { why, param: "input" });
  }
  if (ask.dimensions === null || gives(facts, ask.dimensions)) return null;
  const why = `${ask.dimensions} dimensions are asked for, it has ${lengthsOf(facts)}`;
  return refusal(target, { why, param: "dimensions" });
}

/** Why a model that makes vectors cannot answer in words; null for every other model. */
export function wordsRefusal(
  { surface }: Pick<AskedWords, "surface">,
  api: TargetApi,
  { upstreamModel, embedding }: AskedTarget,
): Failure<Code> | null {
  if (!embedding || embedding.isGuess) return null;
  // A native body is in its model's own words, whatever they ask for.
  if (surface === "bedrock.invoke" && api === surface) return null;
  const message =
    `Cannot get an answer of "${shownModel(upstreamModel)}": ` +
    "it makes vectors, which POST /v1/embeddings asks for";
  return new Failure<Code>("unsupported_by_target", message, { param: "model" });
}

function hasWords(
  api: Exclude<TargetApi, "ai-sdk">,
  model: string,
  { isGuess }: EmbeddingFacts,
): boolean {
  switch (api) {
    case "openai.chat":
      return true;
    case "bedrock.converse":
    case "bedrock.invoke":
      return embeddingWordsOf(model) !== null;
    case "gemini.generateContent":
      return !isGuess;
    case "anthropic.messages":
      return false;
  }
}

function gives({ dimensions, lengths }: EmbeddingFacts, asked: number): boolean {
  return lengths === "any" ? asked <= (dimensions ?? Infinity) : lengths.includes(asked);
}

/** Of a model without a choice only its own is named. */
function lengthsOf({ dimensions, lengths }: EmbeddingFacts): string {
  if (lengths === "any") return `1 to ${dimensions}`;
  return lengths.length === 0 ? `${dimensions}, which is not to be asked for` : lengths.join(", ");
}

/** The name that the client knows stands first, the one that the limits belong to behind it. */
const namesOf = (alias: string, upstreamModel: string): string =>
  alias === upstreamModel
    ? `"${shownModel(alias)}"`
    : `"${shownModel(alias)}", which is "${shownModel(upstreamModel)}"`;

const refusal = (
  { upstreamModel, alias = upstreamModel }: AskedTarget,
  { why, param }: { readonly why: string; readonly param: string },
): Failure<Code> =>
  new Failure<Code>(
    "unsupported_by_target",
    `Cannot get vectors of ${namesOf(alias, upstreamModel)}: ${why}`,
    { param },
  );
