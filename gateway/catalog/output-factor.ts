import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";

/** Claude 3.7 and later, as Bedrock names them. */
const fiveTimes = /^anthropic\.claude-(?:3-7-|(?:sonnet|opus|haiku|fable|mythos)-[4-9])/;

/**
 * How many times a token of an answer counts in Bedrock's quota of tokens in a minute: five times
 * for Claude from 3.7 on, once for any other model and provider.
 */
export function outputFactorOf(upstreamModel: string): number {
  const id = readBedrockModel(upstreamModel)?.foundationId ?? null;
  return id !== null && fiveTimes.test(id) ? 5 : 1;
}
