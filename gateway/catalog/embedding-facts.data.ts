import type { EmbeddingFacts } from "../target.ts";

const openai = (dimensions: number, lengths: EmbeddingFacts["lengths"]): EmbeddingFacts => ({
  isGuess: false,
  dimensions,
  lengths,
  inputsPerRequest: 2_048,
  tokensPerRequest: 300_000,
  windowTokens: 8_192,
  takesTokens: true,
});

type TextFacts = Pick<
  EmbeddingFacts,
  "dimensions" | "lengths" | "inputsPerRequest" | "windowTokens"
>;

/** Models that take texts alone, as many as they are. */
const ofTexts = (facts: TextFacts): EmbeddingFacts => ({
  ...facts,
  isGuess: false,
  tokensPerRequest: Infinity,
  takesTokens: false,
});

const titan = (dimensions: number, lengths: readonly number[]): EmbeddingFacts =>
  ofTexts({ dimensions, lengths, inputsPerRequest: 1, windowTokens: 8_192 });

const cohere3 = ofTexts({
  dimensions: 1_024,
  lengths: [1_024],
  inputsPerRequest: 96,
  windowTokens: 512,
});

/** Models that make vectors, by their upstream name (REF-3). */
export const embeddingFacts: Readonly<Record<string, EmbeddingFacts>> = {
  "text-embedding-3-small": openai(1_536, "any"),
  "text-embedding-3-large": openai(3_072, "any"),
  "text-embedding-ada-002": openai(1_536, []),
  "amazon.titan-embed-text-v1": titan(1_536, [1_536]),
  "amazon.titan-embed-g1-text-02": titan(1_536, [1_536]),
  "amazon.titan-embed-text-v2:0": titan(1_024, [256, 512, 1_024]),
  "cohere.embed-english-v3": cohere3,
  "cohere.embed-multilingual-v3": cohere3,
  "cohere.embed-v4:0": ofTexts({
    dimensions: 1_536,
    lengths: [256, 512, 1_024, 1_536],
    inputsPerRequest: 96,
    windowTokens: 128_000,
  }),
  "gemini-embedding-001": ofTexts({
    dimensions: 3_072,
    lengths: "any",
    inputsPerRequest: 100,
    windowTokens: 2_048,
  }),
};

/**
 * For a model that no table knows: as OpenAI bounds requests, and lengths are its own business. Its
 * window may be any: what an input can come to is bounded by its bytes alone.
 */
export const guessedEmbeddingFacts: EmbeddingFacts = {
  ...openai(0, "any"),
  isGuess: true,
  dimensions: null,
  windowTokens: Infinity,
};
