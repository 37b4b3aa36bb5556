import type { ContractTarget } from "./contract-target.ts";

/** A server that speaks Gemini's generateContent. */
export const geminiTarget: ContractTarget = {
  name: "gemini",
  api: "gemini.generateContent",
  model: "at-gemini.anthropic.claude-sonnet-4-6",
  upstreamModel: "gemini-2.5-flash",
  region: "europe-west1",
  provider: (simulatorUrl) => ({
    kind: "gemini",
    baseUrl: `${simulatorUrl}/europe-west1`,
    credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
  }),
};
