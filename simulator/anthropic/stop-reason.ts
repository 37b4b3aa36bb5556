import type { Choice, Finish } from "../reply.ts";

const reasons: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool: "tool_use",
  filter: "refusal",
  guardrail: "refusal",
};

const stopReason = ({ finish, isRefusal, stopSequence }: Choice): string => {
  if (isRefusal) return "refusal";
  return stopSequence === null ? reasons[finish] : "stop_sequence";
};

/** The members that tell how an answer ended, as JSON without braces. */
export const endMembers = (choice: Choice): string => {
  const reason = stopReason(choice);
  const details =
    reason === "refusal" ? '{"type":"refusal","category":null,"explanation":null}' : "null";
  const stopped = JSON.stringify(choice.stopSequence);
  return `"stop_reason":"${reason}","stop_sequence":${stopped},"stop_details":${details}`;
};
