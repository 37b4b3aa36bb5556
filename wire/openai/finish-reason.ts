import type { FinishReason } from "../canonical/event.ts";

export type ChatFinishReason = "stop" | "length" | "tool_calls" | "content_filter";

const read: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["stop", "stop"],
  ["length", "length"],
  ["model_length", "length"],
  ["max_tokens", "length"],
  ["tool_calls", "tool"],
  ["function_call", "tool"],
  ["content_filter", "filter"],
]);

/** Compatible servers end an answer that broke with one of these: no end by itself (WIR-5). */
const broken: ReadonlySet<string> = new Set([
  "error",
  "abort",
  "cancelled",
  "insufficient_system_resource",
]);

/**
 * Null for what is no reason: null, "" (some servers say so in every chunk). "error" for an answer
 * that the server gave up. An unknown word is an end by itself: stop.
 */
export function readFinishReason(value: unknown): FinishReason | "error" | null {
  if (typeof value !== "string" || value === "") return null;
  return broken.has(value) ? "error" : (read.get(value) ?? "stop");
}

/** `refusal` is said by the refusal's text where there was one, else by the filter. */
const written = {
  stop: "stop",
  length: "length",
  tool: "tool_calls",
  filter: "content_filter",
  refusal: "content_filter",
  budget: "length",
  deadline: "length",
  cancelled: "length",
} as const satisfies Record<FinishReason, ChatFinishReason>;

export const writeFinishReason = (reason: FinishReason, saidRefusal: boolean): ChatFinishReason =>
  reason === "refusal" && saidRefusal ? "stop" : written[reason];
