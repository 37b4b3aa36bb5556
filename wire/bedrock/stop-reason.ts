import type { FinishReason } from "../canonical/event.ts";

export type StopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "guardrail_intervened"
  | "content_filtered"
  | "malformed_model_output"
  | "malformed_tool_use"
  | "model_context_window_exceeded";

const read: ReadonlyMap<string, FinishReason | "error"> = new Map<string, FinishReason | "error">([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["guardrail_intervened", "filter"],
  ["content_filtered", "filter"],
  ["refusal", "refusal"],
  // The service gave up reading what the model wrote: no end by itself.
  ["malformed_model_output", "error"],
  ["malformed_tool_use", "error"],
]);

/**
 * Null for what is no reason; "error" for an answer that the service gave up. An unknown word is
 * an end by itself: stop.
 */
export function readStopReason(value: unknown): FinishReason | "error" | null {
  if (typeof value !== "string" || value === "") return null;
  return read.get(value) ?? "stop";
}

const written = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "content_filtered",
  refusal: "content_filtered",
  budget: "max_tokens",
  deadline: "max_tokens",
  cancelled: "max_tokens",
} as const satisfies Record<FinishReason, StopReason>;

export const writeStopReason = (reason: FinishReason, stopSequence: string | null): StopReason =>
  reason === "stop" && stopSequence !== null ? "stop_sequence" : written[reason];
