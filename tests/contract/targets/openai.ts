import type { ContractTarget } from "./contract-target.ts";

/** A server that speaks OpenAI's chat completions. */
export const openaiTarget: ContractTarget = {
  name: "openai",
  api: "openai.chat",
  model: "at-openai.anthropic.claude-sonnet-4-6",
  upstreamModel: "gpt-4-turbo",
  region: "global",
  provider: (simulatorUrl) => ({ kind: "openai-compatible", baseUrl: `${simulatorUrl}/v1` }),
};
