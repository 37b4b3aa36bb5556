import type { ModelFacts } from "../target.ts";
import { factsOfEmbedding } from "./embedding-facts.ts";
import { modelFacts, unknownModelFacts, type KnownFacts } from "./facts.data.ts";
import { listedName } from "./listed-name.ts";

/** What is known of an upstream model under any of its names; null for one that no table has. */
export function knownFacts(model: string): KnownFacts | null {
  const name = listedName(model, modelFacts);
  return (name === null ? null : modelFacts[name]) ?? null;
}

/** What an upstream model takes and gives, with the widest bound for what nobody knows. */
export function factsOf(model: string): ModelFacts {
  const known = knownFacts(model);
  // The window of a model for embeddings is that of one of many texts in a request.
  if (known === null || known.capabilities.embeddings === true) {
    return factsOfEmbedding(model) ?? unknownModelFacts;
  }
  return {
    contextWindow: known.contextWindow ?? unknownModelFacts.contextWindow,
    maxOutputTokens: known.maxOutputTokens ?? unknownModelFacts.maxOutputTokens,
    maxTokensField: known.maxTokensField,
  };
}
