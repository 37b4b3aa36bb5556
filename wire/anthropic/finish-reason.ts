import type { FinishReason } from "../canonical/event.ts";

export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "tool_use"
  | "pause_turn"
  | "refusal"
  | "model_context_window_exceeded";

/** A paused turn is an answer cut short: the client sends it back to have the rest. */
const read: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["pause_turn", "length"],
  ["compaction", "length"],
  ["tool_use", "tool"],
  ["refusal", "refusal"],
]);

/** Null for what is no reason. An unknown word is an end by itself: stop. */
export const readStopReason = (value: unknown): FinishReason | null =>
  typeof value !== "string" || value === "" ? null : (read.get(value) ?? "stop");

const written = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "refusal",
  refusal: "refusal",
  budget: "max_tokens",
  deadline: "max_tokens",
  cancelled: "max_tokens",
} as const satisfies Record<FinishReason, StopReason>;

export const writeStopReason = (reason: FinishReason, stopSequence: string | null): StopReason =>
  reason === "stop" && stopSequence !== null ? "stop_sequence" : written[reason];
