import { familyOf } from "@sekisho/wire/bedrock/model-traits.ts";
import type { ContinueWay } from "../target.ts";

/** From 4.6 on Claude refuses a conversation that ends with the assistant's words. */
const claudeWithPrefill =
  /claude-(?:v?2|instant|3|(?:sonnet|opus|haiku)-4(?:-[015])?(?:-\d{8}|$|[^-\d]))/;

const talkers = /^(?:gpt-|chatgpt-|o[134]|gemini-|models\/gemini-|mistral|grok|deepseek)/;

/**
 * How a model goes on with an answer that broke off (RTE-12), by its name; null for one of which
 * nobody knows that it does.
 */
export function continueWayOf(upstreamModel: string): ContinueWay | null {
  if (familyOf(upstreamModel) === "claude" || upstreamModel.includes("claude")) {
    return claudeWithPrefill.test(upstreamModel) ? "prefill" : "turn";
  }
  return talkers.test(upstreamModel) ? "turn" : null;
}
