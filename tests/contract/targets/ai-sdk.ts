import type { ContractTarget } from "./contract-target.ts";

/** A provider package of the AI SDK, before a server that speaks OpenAI's chat completions. */
export const aiSdkTarget: ContractTarget = {
  name: "ai-sdk",
  api: "ai-sdk",
  model: "at-ai-sdk.anthropic.claude-sonnet-4-6",
  upstreamModel: "gpt-4-turbo",
  region: "eu-central-1",
  provider: (simulatorUrl) => ({
    kind: "ai-sdk",
    package: "@ai-sdk/openai-compatible",
    baseUrl: `${simulatorUrl}/eu-central-1/v1`,
    // Without these two the package asks for no usage, and for no schema.
    options: { name: "sim", includeUsage: true, supportsStructuredOutputs: true },
    credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
  }),
};
