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
import { readUsage } from "../usage.ts";

/** Titan embeds one text at a time; its first version has vectors of one length. */
export function writeTitanEmbedding(
  question: EmbeddingQuestion,
  version: "titan-v1" | "titan-v2",
): WrittenRequest {
  const { texts, dimensions, inputType, truncate } = question;
  const body = {
    inputText: texts[0] ?? "",
    dimensions: version === "titan-v2" ? dimensions : null,
    normalize: version === "titan-v2" ? true : null,
  };
  const own = { input_type: inputType, truncate };
  const dropped = Object.entries(own).flatMap(([name, value]) => (value === null ? [] : [name]));
  return { bytes: Buffer.from(bodyJson(body)), dropped };
}

/** The one vector of an answer of Titan's. */
export function decodeTitanEmbedding(
  bytes: Buffer,
  headers: AnswerHeaders,
): FromProvider<EmbeddedInputs> {
  const sparse = sparseJson(bytes);
  const json = sparse?.json;
  const text = isObject(json) ? sparse?.textOf(json["embedding"]) : null;
  if (!isObject(json) || !text) {
    return { ok: false, fault: readFault({ status: null, body: bytes, retryAfterMs: null }) };
  }
  const counts = { inputTokens: json["inputTextTokenCount"], outputTokens: 0 };
  return ok({
    vectors: [text],
    model: null,
    usage: readUsageHeaders(headers) ?? readUsage(counts),
  });
}
