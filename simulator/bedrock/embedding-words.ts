import type { VectorWords } from "../embedding/embedding-answer.ts";
import { bedrock } from "./dialect.ts";
import type { EmbeddingQuestion } from "../embedding/embedding-question.ts";
import { isFirstTitan, type CohereEmbedding } from "./read-embedding.ts";
import { usageHeaders } from "./usage.ts";

const headers: VectorWords["headers"] = ({ tokens }) => usageHeaders(tokens);

/** The one vector of Titan's. */
export const titanVectors = ({ model }: EmbeddingQuestion): VectorWords => ({
  dialect: bedrock,
  body: ([embedding = []], tokens) =>
    JSON.stringify({
      embedding,
      ...(isFirstTitan(model) ? {} : { embeddingsByType: { float: embedding } }),
      inputTextTokenCount: tokens,
    }),
  headers,
});

/** Vectors of Cohere's, which counts in the head alone. */
export const cohereVectors = ({ texts, byType }: CohereEmbedding): VectorWords => ({
  dialect: bedrock,
  body: (vectors) =>
    JSON.stringify({
      id: "simulated",
      texts: texts.map(({ text }) => text),
      embeddings: byType ? { float: vectors } : vectors,
      response_type: byType ? "embeddings_by_type" : "embeddings_floats",
    }),
  headers,
});
