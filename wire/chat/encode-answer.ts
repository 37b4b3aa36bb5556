import { writeStopReason } from "../bedrock/stop-reason.ts";
import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { noUsage } from "../canonical/usage.ts";
import { AnswerSum } from "../openai/encode-answer.ts";

/** The events of a complete answer as the plain chat service tells them. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const { text, refusal, usage, finish } = new AnswerSum(events);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = usage ?? noUsage;
  // There is one count of input: that of the whole prompt, cached or not.
  const inputTokens = input + cacheRead + cacheWrite5m + cacheWrite1h;
  return JSON.stringify({
    response: `${text}${refusal}`.toWellFormed(),
    region: context.region(),
    token_usage: { inputTokens, outputTokens: output, totalTokens: inputTokens + output },
    // Nobody gives this service sequences to stop at.
    stop_reason: writeStopReason(finish, null),
    status: "success",
  });
}
