import { Buffer } from "node:buffer";

import type { AnswerHeaders, WrittenRequest } from "../../canonical/codec.ts";
import type { EmbeddedInputs } from "../../canonical/embedding-codec.ts";
import type { EmbeddingQuestion } from "../../canonical/embedding.ts";
import type { FromProvider } from "../../canonical/provider-fault.ts";
import { isObject } from "../../field-rules.ts";
import { bodyJson } from "../../framing/body-json.ts";
import { sparseJson } from "../../framing/number-lists.ts";
import { ok } from "../../result.ts";
import { readUsageHeaders } from "../invoke/invocation-metrics.ts";
import { readFault } from "../provider-fault.ts";

/** What vectors are made for that a client has said nothing of: to be found, not to find. */
const usualInputType = "search_document";

/** Where a client says nothing of it, a text that is too long is refused, as OpenAI does. */
const usualTruncate = "NONE";

/** Which end of a text may be cut has other names from the fourth generation on. */
const ends: Readonly<Record<"cohere-v3" | "cohere-v4", ReadonlyMap<string, string>>> = {
  "cohere-v3": new Map([
    ["LEFT", "START"],
    ["RIGHT", "END"],
  ]),
  "cohere-v4": new Map([
    ["START", "LEFT"],
    ["END", "RIGHT"],
  ]),
};

/** Up to 96 texts for Cohere's models; those of the third generation have vectors of one length. */
export function writeCohereEmbedding(
  { texts, dimensions, inputType, truncate }: EmbeddingQuestion,
  version: "cohere-v3" | "cohere-v4",
): WrittenRequest {
  const end = truncate ?? usualTruncate;
  const body = {
    texts,
    input_type: inputType ?? usualInputType,
    truncate: ends[version].get(end) ?? end,
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
  const sparse = sparseJson(bytes);
  const vectors = listOf(sparse?.json).flatMap((each) => sparse?.textOf(each) ?? []);
  if (vectors.length !== count || listOf(sparse?.json).length !== count) {
    return { ok: false, fault: readFault({ status: null, body: bytes, retryAfterMs: null }) };
  }
  return ok({ vectors, model: null, usage: readUsageHeaders(headers) });
}

function listOf(json: unknown): readonly unknown[] {
  const said = isObject(json) ? json["embeddings"] : null;
  const vectors = isObject(said) ? said["float"] : said;
  return Array.isArray(vectors) ? vectors : [];
}
