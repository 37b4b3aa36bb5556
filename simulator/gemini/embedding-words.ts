import type { VectorWords } from "../embedding/embedding-answer.ts";
import { gemini } from "./dialect.ts";

const headers = (): readonly string[] => [];

const counted = (tokens: number | string | null): object =>
  tokens === null ? {} : { usageMetadata: { promptTokenCount: tokens } };

/** The answer of `:embedContent`. */
export const oneVector: VectorWords = {
  dialect: gemini,
  body: ([values = []], tokens) => JSON.stringify({ embedding: { values }, ...counted(tokens) }),
  headers,
};

/** The answer of `:batchEmbedContents`. */
export const vectorList: VectorWords = {
  dialect: gemini,
  body: (vectors, tokens) =>
    JSON.stringify({ embeddings: vectors.map((values) => ({ values })), ...counted(tokens) }),
  headers,
};
