import type { VectorWords } from "../embedding/embedding-answer.ts";
import { openai } from "./dialect.ts";
import type { OpenAiEmbedding } from "./read-embeddings.ts";

const base64Of = (vector: readonly number[]): string =>
  Buffer.from(new Float32Array(vector).buffer).toString("base64");

/** Vectors as OpenAI writes them. */
export const embeddingWords = ({ model, encoding }: OpenAiEmbedding): VectorWords => ({
  dialect: openai,
  body(vectors, tokens) {
    const data = vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encoding === "base64" ? base64Of(vector) : vector,
    }));
    const usage = tokens === null ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
    return JSON.stringify({ object: "list", data, model, ...usage });
  },
  headers: () => [],
});
