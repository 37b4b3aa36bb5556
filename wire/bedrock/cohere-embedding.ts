import { Buffer } from "node:buffer";

import type { AnswerHeaders, WrittenRequest } from "../canonical/codec.ts";
import type { EmbeddedInputs } from "../canonical/embedding-codec.ts";
import type { EmbeddingQuestion } from "../canonical/embedding.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import { bodyJson } from "../framing/body-json.ts";
import { elementSpans, memberSpans } from "../framing/json-elements.ts";
import { jsonOf } from "../framing/json-of.ts";
import type { Span } from "../framing/json-scan.ts";
import { ok } from "../result.ts";
import { readUsageHeaders } from "./invocation-metrics.ts";
import { readFault } from "./provider-fault.ts";

/** What vectors are made for that a client has said nothing of: to be found, not to find. */
const usualInputType = "search_document";

/** Where a client says nothing of it, a text that is too long is refused, as OpenAI does. */
const usualTruncate = "NONE";

/** Up to 96 texts for Cohere's models; those of the third generation have vectors of one length. */
export function writeCohereEmbedding(
  { texts, dimensions, inputType, truncate }: EmbeddingQuestion,
  version: "cohere-v3" | "cohere-v4",
): WrittenRequest {
  const body = {
    texts,
    input_type: inputType ?? usualInputType,
    truncate: truncate ?? usualTruncate,
    embedding_types: ["float"],
    output_dimension: version === "cohere-v4" ? dimensions : null,
  };
  return { bytes: Buffer.from(bodyJson(body)), dropped: [] };
}

/** Answers list vectors, or lists of them by type; that of numbers is what was asked for. */
export function decodeCohereEmbeddings(
  bytes: Buffer,
  count: number,
  headers: AnswerHeaders,
): FromProvider<EmbeddedInputs> {
  const list = listIn(bytes);
  const spans = list === null ? [] : elementSpans(bytes, list);
  if (spans.length !== count) {
    return { ok: false, fault: readFault({ status: null, body: bytes, retryAfterMs: null }) };
  }
  const vectors = spans.map(({ start, end }) => bytes.toString("latin1", start, end));
  return ok({ vectors, model: null, usage: readUsageHeaders(headers) });
}

function listIn(bytes: Buffer): Span | null {
  const json = jsonOf(bytes);
  const said = isObject(json) ? json["embeddings"] : null;
  const vectors = isObject(said) ? said["float"] : said;
  if (!Array.isArray(vectors) || !vectors.every(isVector)) return null;
  const whole = { start: bytes.indexOf("{"), end: bytes.length };
  const { embeddings } = memberSpans(bytes, whole, ["embeddings"]);
  if (embeddings === null || !isObject(said)) return embeddings;
  return memberSpans(bytes, embeddings, ["float"]).float;
}

const isVector = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === "number";
