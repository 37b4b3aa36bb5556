import type { AnswerContext } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import { noUsage, type Usage } from "../canonical/usage.ts";
import type { NewBlock } from "./block-splitter.ts";
import { writeStopReason } from "./finish-reason.ts";
import { writeUsage } from "./usage.ts";

/** Of a message, what is known when it begins. */
export const messageHead = (model: string, context: AnswerContext): object => ({
  id: context.id,
  type: "message",
  role: "assistant",
  model: model === "" ? context.model : model,
});

/** A block as it begins. */
export function newBlock(block: NewBlock): object {
  switch (block.kind) {
    case "text":
      return { type: "text", text: "" };
    case "thinking":
      return { type: "thinking", thinking: "", signature: "" };
    case "redacted":
      return { type: "redacted_thinking", data: block.data };
    case "tool": {
      const { id, name } = block;
      return { type: "tool_use", id, name, input: {}, caller: { type: "direct" } };
    }
  }
}

/** How a message ended. */
export interface MessageEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
  readonly hasCalls: boolean;
}

/** Some servers say "stop" where they call: clients of this dialect go by the reason. */
export function writeEnd({ reason, stopSequence, hasCalls }: MessageEnd): object {
  const stop = reason === "stop" && hasCalls ? "tool" : reason;
  const isRefusal = stop === "refusal" || stop === "filter";
  return {
    stop_reason: writeStopReason(stop, stopSequence),
    stop_sequence: stop === "stop" ? stopSequence : null,
    stop_details: isRefusal ? { type: "refusal", category: null, explanation: null } : null,
    container: null,
  };
}

/** Before its end a message has none. */
export const noEnd = {
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
} as const;

export const messageUsage = (usage: Usage | null): object => ({
  ...writeUsage(usage ?? noUsage),
  service_tier: null,
  inference_geo: null,
  speed: null,
});

/** Of a message that begins nothing has been counted yet. */
export const openingUsage: object = { ...messageUsage(null), cache_creation: null };

/** Cumulative: what is null leaves what the message began with. */
export const closingUsage = (usage: Usage | null): object =>
  usage === null
    ? {
        input_tokens: null,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        output_tokens: 0,
        output_tokens_details: null,
        server_tool_use: null,
      }
    : writeUsage(usage);
