import type { FinishReason } from "../canonical/event.ts";
import { writeFinishReason } from "../openai/finish-reason.ts";

/** Null for an answer that ended by itself; a refusal in words is an answer. */
export function incompleteReason(
  reason: FinishReason,
  saidRefusal: boolean,
): "max_output_tokens" | "content_filter" | null {
  const word = writeFinishReason(reason, saidRefusal);
  if (word === "length") return "max_output_tokens";
  return word === "content_filter" ? word : null;
}
