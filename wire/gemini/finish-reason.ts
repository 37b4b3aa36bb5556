import type { FinishReason } from "../canonical/event.ts";

type Read = FinishReason | "error";

const read: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["TOO_MANY_TOOL_CALLS", "length"],
  ["SAFETY", "filter"],
  ["RECITATION", "filter"],
  ["LANGUAGE", "filter"],
  ["BLOCKLIST", "filter"],
  ["PROHIBITED_CONTENT", "filter"],
  ["SPII", "filter"],
  ["MODEL_ARMOR", "filter"],
  ["IMAGE_SAFETY", "filter"],
  ["IMAGE_PROHIBITED_CONTENT", "filter"],
  ["IMAGE_RECITATION", "filter"],
  // The service gave up reading what the model wrote: no end by itself.
  ["MALFORMED_FUNCTION_CALL", "error"],
  ["MALFORMED_RESPONSE", "error"],
  ["UNEXPECTED_TOOL_CALL", "error"],
  ["MISSING_THOUGHT_SIGNATURE", "error"],
]);

/**
 * Null for what is no reason; "error" for an answer that the service gave up. An unknown word is
 * an end by itself: stop. That a function was called is no reason of its own here.
 */
export const readFinishReason = (value: unknown): Read | null =>
  typeof value !== "string" || value === "" || value === "FINISH_REASON_UNSPECIFIED"
    ? null
    : (read.get(value) ?? "stop");

const written = {
  stop: "STOP",
  tool: "STOP",
  length: "MAX_TOKENS",
  filter: "SAFETY",
  refusal: "SAFETY",
  budget: "MAX_TOKENS",
  deadline: "MAX_TOKENS",
  cancelled: "MAX_TOKENS",
} as const satisfies Record<FinishReason, string>;

export const writeFinishReason = (reason: FinishReason): string => written[reason];
