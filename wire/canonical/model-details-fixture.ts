import type { Capabilities, ModelDetails } from "./model-details.ts";

const capabilities: Capabilities = {
  text: true,
  images: false,
  documents: null,
  tools: true,
  structuredOutput: true,
  reasoning: false,
  promptCaching: true,
  streaming: true,
  embeddings: false,
};

const rates = {
  input: "0.1",
  output: "0.5",
  cacheRead: "0.01",
  cacheWrite5m: "0.125",
  cacheWrite1h: "0.2",
};

/** A model of which nearly everything is known. */
export const knownDetails: ModelDetails = {
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  capabilities,
  price: {
    ...rates,
    version: "book/m",
    bands: [{ ...rates, input: "0.5", overPromptTokens: 100_000 }],
    validFrom: "2026-10-07",
    validUntil: null,
    source: "a price list",
    confidence: "B",
  },
  hasSeveralPrices: false,
  places: [{ provider: "bedrock", region: "us-east-1" }],
};

/** One of which nothing is. */
export const unknownDetails: ModelDetails = {
  contextWindow: null,
  maxOutputTokens: null,
  capabilities: {
    text: null,
    images: null,
    documents: null,
    tools: null,
    structuredOutput: null,
    reasoning: null,
    promptCaching: null,
    streaming: null,
    embeddings: null,
  },
  price: null,
  hasSeveralPrices: false,
  places: [],
};
