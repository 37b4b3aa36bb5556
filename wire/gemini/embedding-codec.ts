import { Buffer } from "node:buffer";

import type { EmbeddedInputs, EmbeddingCodec } from "../canonical/embedding-codec.ts";
import type { EmbeddingQuestion } from "../canonical/embedding.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import type { WrittenRequest } from "../canonical/codec.ts";
import { isObject } from "../field-rules.ts";
import { sparseJson } from "../framing/number-lists.ts";
import { ok } from "../result.ts";
import { findError, readErrorObject, readFault, silentFault } from "./provider-fault.ts";
import { malformedAnswer } from "./retryable.data.ts";
import { readUsage } from "./usage.ts";

/** What Cohere's words for the purpose of vectors are here. */
const taskTypes: ReadonlyMap<string, string> = new Map([
  ["search_document", "RETRIEVAL_DOCUMENT"],
  ["search_query", "RETRIEVAL_QUERY"],
  ["classification", "CLASSIFICATION"],
  ["clustering", "CLUSTERING"],
]);

/** Texts for `:batchEmbedContents`, each with the same wishes. */
function writeRequest(question: EmbeddingQuestion, model: string): WrittenRequest {
  const { texts, dimensions, inputType, truncate } = question;
  const taskType = taskTypes.get(inputType ?? "");
  const wishes = {
    ...(taskType === undefined ? {} : { taskType }),
    ...(dimensions === null ? {} : { outputDimensionality: dimensions }),
  };
  const requests = texts.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...wishes,
  }));
  const dropped = truncate === null ? [] : ["truncate"];
  if (inputType !== null && taskType === undefined) dropped.unshift("input_type");
  return { bytes: Buffer.from(JSON.stringify({ requests })), dropped };
}

/** The vectors of an answer, in the order of the texts. */
function decodeAnswer(bytes: Buffer, count: number): FromProvider<EmbeddedInputs> {
  const sparse = sparseJson(bytes);
  const json = sparse?.json ?? null;
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  const said = isObject(json) ? json["embeddings"] : null;
  const items: readonly unknown[] = Array.isArray(said) ? said : [];
  const vectors = items.flatMap(
    (item) => (isObject(item) ? sparse?.textOf(item["values"]) : null) ?? [],
  );
  const isWhole = vectors.length === count && items.length === count;
  if (!isObject(json) || !isWhole) return { ok: false, fault: silentFault(malformedAnswer) };
  return ok({ vectors, model: null, usage: readUsage(json["usageMetadata"]) });
}

/** Gemini, asked for vectors by `:batchEmbedContents`. */
export const embeddingCodec: EmbeddingCodec = { writeRequest, decodeAnswer, readFault };
