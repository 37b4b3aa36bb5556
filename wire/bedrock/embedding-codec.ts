import type { AnswerHeaders } from "../canonical/codec.ts";
import type { EmbeddedInputs, EmbeddingCodec } from "../canonical/embedding-codec.ts";
import type { EmbeddingWords } from "../canonical/embedding.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import { sparseJson } from "../framing/number-lists.ts";
import { ok } from "../result.ts";
import { decodeCohereEmbeddings, writeCohereEmbedding } from "./embedding/cohere-embedding.ts";
import { decodeTitanEmbedding, writeTitanEmbedding } from "./embedding/titan-embedding.ts";
import { readUsageHeaders } from "./invoke/invocation-metrics.ts";
import { readFault } from "./provider-fault.ts";
import { readUsage } from "./usage.ts";

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

/** The members that vectors stand in, in whatever form they were asked for. */
const vectorMembers = ["embedding", "embeddings", "embeddingsByType"] as const;

/** What the gateway must know of an answer that it passes on. */
export function observeNativeVectors(
  bytes: Buffer,
  headers: AnswerHeaders,
): FromProvider<Pick<EmbeddedInputs, "usage">> {
  const json = sparseJson(bytes)?.json;
  if (!isObject(json) || !vectorMembers.some((name) => isFilled(json[name]))) {
    return { ok: false, fault: readFault({ status: null, body: bytes, retryAfterMs: null }) };
  }
  const counts = { inputTokens: json["inputTextTokenCount"], outputTokens: 0 };
  return ok({ usage: readUsageHeaders(headers) ?? readUsage(counts) });
}

const isFilled = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0;
