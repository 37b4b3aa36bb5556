import { decodeAnswer, observeAnswer } from "../../anthropic/decode-answer.ts";
import type { AnswerHeaders, ObservedAnswer } from "../../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../../canonical/event.ts";
import type { FromProvider } from "../../canonical/provider-fault.ts";
import type { Usage } from "../../canonical/usage.ts";
import { isObject, type JsonObject } from "../../field-rules.ts";
import { ok } from "../../result.ts";
import { readFault } from "../provider-fault.ts";
import { readUsage } from "../usage.ts";
import { readUsageHeaders } from "./invocation-metrics.ts";

/** A whole native answer of Claude's as events. */
export function decodeInvokeAnswer(bytes: Buffer): FromProvider<readonly CanonicalEvent[]> {
  const json = parse(bytes);
  return isObject(json) && json["type"] === "message" ? decodeAnswer(bytes) : noAnswer(bytes);
}

const noAnswer = (bytes: Buffer): FromProvider<never> => ({
  ok: false,
  fault: readFault({ status: null, body: bytes, retryAfterMs: null }),
});

/** What the gateway must know of a whole native answer of any family that it passes on. */
export function observeInvokeAnswer(
  bytes: Buffer,
  headers: AnswerHeaders = {},
): FromProvider<ObservedAnswer> {
  const json = parse(bytes);
  if (!isObject(json)) return noAnswer(bytes);
  const counted = readUsageHeaders(headers);
  if (json["type"] === "message") {
    const observed = observeAnswer(bytes);
    if (!observed.ok) return observed;
    return ok({ ...observed.value, usage: observed.value.usage ?? counted });
  }
  // An error, or nothing at all.
  const isAnswer = Object.keys(json).some((key) => key !== "message" && key !== "Message");
  if (!isAnswer || json["__type"] !== undefined) return noAnswer(bytes);
  return ok({
    usage: counted ?? usageInBody(json),
    finish: finishOf(json),
    outputBytes: bytes.length,
  });
}

/** Titan, Llama, Nova, and whoever counts as OpenAI does. */
function usageInBody(json: JsonObject): Usage | null {
  const { usage, results } = json;
  const own = readUsage(usage);
  if (own !== null) return own;
  const [first]: unknown[] = Array.isArray(results) ? results : [];
  const counts = isObject(usage) ? usage : json;
  return readUsage({
    inputTokens:
      counts["prompt_tokens"] ?? counts["prompt_token_count"] ?? counts["inputTextTokenCount"],
    outputTokens:
      counts["completion_tokens"] ??
      counts["generation_token_count"] ??
      (isObject(first) ? first["tokenCount"] : 0),
  });
}

const cutShort: ReadonlySet<unknown> = new Set(["length", "LENGTH", "max_tokens", "MAX_TOKENS"]);

/** Only whether it was cut short: other reasons are in words that each family has for itself. */
function finishOf(json: JsonObject): FinishReason {
  const { results, choices, outputs } = json;
  const lists = [results, choices, outputs].map((list): unknown =>
    Array.isArray(list) ? list[0] : null,
  );
  for (const holder of [json, ...lists]) {
    if (!isObject(holder)) continue;
    const { stop_reason: word, stopReason, finish_reason: reason, completionReason } = holder;
    if ([word, stopReason, reason, completionReason].some((said) => cutShort.has(said))) {
      return "length";
    }
  }
  return "stop";
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
