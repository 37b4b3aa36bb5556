import { Buffer } from "node:buffer";

import type { WrittenRequest } from "../canonical/codec.ts";
import type { EmbeddedInputs, EmbeddingCodec } from "../canonical/embedding-codec.ts";
import type { EmbeddingQuestion } from "../canonical/embedding.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { bodyJson } from "../framing/body-json.ts";
import { decodeEmbeddings } from "./embedding/embedding-answer.ts";
import { readFault, silentFault } from "./provider-fault.ts";
import { malformedAnswer } from "./retryable.data.ts";

/** What OpenAI does without being told: a text that is too long is refused. */
const refusing = "NONE";

/** Texts for `/embeddings`, whoever asks for their vectors. */
function writeRequest(question: EmbeddingQuestion, model: string): WrittenRequest {
  const { texts, dimensions, inputType, truncate } = question;
  const body = { model, input: texts, dimensions, encoding_format: "float" };
  const own = { input_type: inputType, truncate: truncate === refusing ? null : truncate };
  const dropped = Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [name]));
  return { bytes: Buffer.from(bodyJson(body)), dropped };
}

/** A server that ignores what it is asked for may answer in base64, which nobody else writes. */
function decodeAnswer(bytes: Buffer, count: number): FromProvider<EmbeddedInputs> {
  const decoded = decodeEmbeddings(bytes, count);
  const isCoded = decoded.ok && decoded.value.vectors.some((vector) => vector.startsWith('"'));
  return isCoded ? { ok: false, fault: silentFault(malformedAnswer) } : decoded;
}

/** OpenAI, asked for vectors in its own words for clients of another dialect. */
export const embeddingCodec: EmbeddingCodec = {
  writeRequest,
  decodeAnswer,
  readFault,
};
