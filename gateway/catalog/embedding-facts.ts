import type { EmbeddingFacts, ModelFacts } from "../target.ts";
import { embeddingFacts, guessedEmbeddingFacts } from "./embedding-facts.data.ts";
import { modelFacts } from "./facts.data.ts";
import { listedName } from "./listed-name.ts";

/** What an upstream model takes and gives as vectors; null for one that is known to give none. */
export function embeddingFactsOf(model: string): EmbeddingFacts | null {
  const known = knownEmbedding(model);
  if (known !== null) return known;
  const name = listedName(model, modelFacts);
  const gives = name === null ? null : modelFacts[name]?.capabilities.embeddings;
  return gives === false ? null : guessedEmbeddingFacts;
}

/** A model that makes vectors as any other: its window is what one request can hold. */
export function factsOfEmbedding(model: string): ModelFacts | null {
  const known = knownEmbedding(model);
  if (known === null) return null;
  const { inputsPerRequest, windowTokens, tokensPerRequest } = known;
  return {
    contextWindow: Math.min(inputsPerRequest * windowTokens, tokensPerRequest),
    maxOutputTokens: 1,
    maxTokensField: "max_tokens",
  };
}

function knownEmbedding(model: string): EmbeddingFacts | null {
  const name = listedName(model, embeddingFacts);
  return (name === null ? null : embeddingFacts[name]) ?? null;
}
