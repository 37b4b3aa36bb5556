import type { ContractTarget } from "./contract-target.ts";

/** A server that speaks Anthropic's messages. */
export const anthropicTarget: ContractTarget = {
  name: "anthropic",
  api: "anthropic.messages",
  model: "at-anthropic.anthropic.claude-sonnet-4-6",
  upstreamModel: "claude-sonnet-4-6",
  region: "us-east-1",
  provider: (simulatorUrl) => ({
    kind: "anthropic",
    baseUrl: `${simulatorUrl}/us-east-1`,
    credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
  }),
};
