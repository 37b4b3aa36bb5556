import type { EmbeddingCodec } from "../canonical/embedding-codec.ts";
import { decodeCohereEmbeddings, writeCohereEmbedding } from "./cohere-embedding.ts";
import type { EmbeddingWords } from "./embedding-words.ts";
import { readFault } from "./provider-fault.ts";
import { decodeTitanEmbedding, writeTitanEmbedding } from "./titan-embedding.ts";

const titan = (version: "titan-v1" | "titan-v2"): EmbeddingCodec => ({
  writeRequest: (question) => writeTitanEmbedding(question, version),
  decodeAnswer: (bytes, _, headers) => decodeTitanEmbedding(bytes, headers),
  readFault,
});

const cohere = (version: "cohere-v3" | "cohere-v4"): EmbeddingCodec => ({
  writeRequest: (question) => writeCohereEmbedding(question, version),
  decodeAnswer: decodeCohereEmbeddings,
  readFault,
});

/** Models of Bedrock's that make vectors, asked by InvokeModel. */
export const embeddingCodecs: Readonly<Record<EmbeddingWords, EmbeddingCodec>> = {
  "titan-v1": titan("titan-v1"),
  "titan-v2": titan("titan-v2"),
  "cohere-v3": cohere("cohere-v3"),
  "cohere-v4": cohere("cohere-v4"),
};
