import type { EmbeddingWords } from "../../canonical/embedding.ts";
import { readBedrockModel } from "../model-id.ts";
import { familyOf } from "../model-traits.ts";

/** By the start of a foundation model's id. */
const wordsById: readonly (readonly [start: string, words: EmbeddingWords])[] = [
  ["amazon.titan-embed-text-v1", "titan-v1"],
  ["amazon.titan-embed-g1-text", "titan-v1"],
  ["amazon.titan-embed-text-v2", "titan-v2"],
  ["cohere.embed-english-v3", "cohere-v3"],
  ["cohere.embed-multilingual-v3", "cohere-v3"],
  ["cohere.embed-v4", "cohere-v4"],
];

/** Null for a model that makes no vectors of texts, or in words that are not known here. */
export function embeddingWordsOf(model: string): EmbeddingWords | null {
  const id = readBedrockModel(model)?.foundationId ?? model;
  return wordsById.find(([start]) => id.startsWith(start))?.[1] ?? null;
}

/**
 * Does a model of Bedrock's take a native body that may be in these words? A name that an account
 * chose may stand for any model.
 */
export function takesEmbedding(model: string, words: readonly EmbeddingWords[]): boolean {
  const own = embeddingWordsOf(model);
  return own === null ? familyOf(model) === "unknown" : words.includes(own);
}
