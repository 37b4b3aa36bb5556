import type { Choice, Finish } from "../reply.ts";

const reasons: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "content_filtered",
  guardrail: "guardrail_intervened",
};

/** The members that tell how an answer ended. */
export const endMembers = ({ finish, isRefusal, stopSequence }: Choice): object => {
  if (isRefusal) return { stopReason: "content_filtered" };
  if (stopSequence === null) return { stopReason: reasons[finish] };
  return {
    stopReason: "stop_sequence",
    additionalModelResponseFields: { stop_sequence: stopSequence },
  };
};
