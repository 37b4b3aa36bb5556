import type { Choice, Finish } from "../reply.ts";

const reasons: Readonly<Record<Finish, string>> = {
  stop: "STOP",
  tool: "STOP",
  length: "MAX_TOKENS",
  filter: "SAFETY",
  guardrail: "PROHIBITED_CONTENT",
};

export const finishReason = ({ finish }: Choice): string => reasons[finish];
