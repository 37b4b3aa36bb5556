import type { Choice, Finish } from "../reply.ts";

const finishReasons: Readonly<Record<Finish, string>> = {
  stop: "stop",
  length: "length",
  tool: "tool_calls",
  filter: "content_filter",
  guardrail: "content_filter",
};

export const finishReason = (choice: Choice): string => finishReasons[choice.finish];
