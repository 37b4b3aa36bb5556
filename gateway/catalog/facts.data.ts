import type { Capabilities, Capability } from "@sekisho/wire/canonical/model-details.ts";
import type { Confidence } from "../price.ts";
import type { ModelFacts } from "../target.ts";

/** What is known of an upstream model; null is what nobody has said. */
export interface KnownFacts {
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** The field in which it expects its output cap. */
  readonly maxTokensField: ModelFacts["maxTokensField"];
  readonly capabilities: Capabilities;
  readonly source: string;
  readonly confidence: Confidence;
}

type Known = "yes" | "no" | "unknown";

/** In the order of their names; what stands nowhere is unknown. */
const can = (said: Partial<Readonly<Record<Capability, Known>>>): Capabilities => {
  const known = (name: Capability): boolean | null =>
    said[name] === undefined || said[name] === "unknown" ? null : said[name] === "yes";
  return {
    text: known("text"),
    images: known("images"),
    documents: known("documents"),
    tools: known("tools"),
    structuredOutput: known("structuredOutput"),
    reasoning: known("reasoning"),
    promptCaching: known("promptCaching"),
    streaming: known("streaming"),
    embeddings: known("embeddings"),
  };
};

const widelyKnown = "the vendor's documentation at launch, widely known";

const facts = (
  contextWindow: number | null,
  maxOutputTokens: number | null,
  capabilities: Capabilities,
  rest: Partial<KnownFacts> = {},
): KnownFacts => ({
  contextWindow,
  maxOutputTokens,
  maxTokensField: "max_tokens",
  capabilities,
  source: widelyKnown,
  confidence: "C",
  ...rest,
});

/** Windows and caps by Anthropic, structured output by what its SDK provider turns on. */
const anthropic = {
  source: "platform.claude.com, models overview, read 2026-10; @ai-sdk/anthropic",
  confidence: "A",
} as const;
const anthropicSdk = { source: "@ai-sdk/anthropic, 2026-11", confidence: "B" } as const;
const bedrockDocs = {
  source: "litellm.vercel.app and vercel.com, 2026-10",
  confidence: "B",
} as const;
const googleDocs = { source: "hivebook.wiki, ai.google.dev, 2026", confidence: "B" } as const;

const chat = { text: "yes", streaming: "yes", embeddings: "no" } as const;
const plainChat = {
  ...chat,
  images: "no",
  documents: "no",
  structuredOutput: "no",
  reasoning: "no",
  promptCaching: "no",
} as const;

const claude2 = can({ ...plainChat, tools: "no" });
const claude3 = {
  ...chat,
  images: "yes",
  tools: "yes",
  structuredOutput: "no",
  reasoning: "no",
} as const;
const claude4 = {
  ...claude3,
  documents: "yes",
  reasoning: "yes",
  promptCaching: "yes",
} as const;
const claude45 = can({ ...claude4, structuredOutput: "yes" });
const nova = {
  ...chat,
  images: "yes",
  documents: "yes",
  tools: "yes",
  reasoning: "no",
  promptCaching: "yes",
} as const;
const gpt4 = can({ ...plainChat, tools: "yes" });
const gpt4o = can({
  ...chat,
  images: "yes",
  documents: "yes",
  tools: "yes",
  structuredOutput: "yes",
  reasoning: "no",
  promptCaching: "yes",
});
const gemini = {
  ...chat,
  images: "yes",
  documents: "yes",
  tools: "yes",
  structuredOutput: "yes",
  promptCaching: "yes",
} as const;
const gemini1 = can({ ...gemini, reasoning: "no" });
const gemini25 = can({ ...gemini, reasoning: "yes" });
const gptOss = can({ ...chat, images: "no", documents: "no", tools: "yes", reasoning: "yes" });
const embedding = {
  text: "yes",
  documents: "no",
  tools: "no",
  structuredOutput: "no",
  reasoning: "no",
  promptCaching: "no",
  streaming: "no",
  embeddings: "yes",
} as const;
const textEmbedding = can({ ...embedding, images: "no" });

/** What upstream models take, give and can do, by their upstream name (REF-3). */
export const modelFacts: Readonly<Record<string, KnownFacts>> = {
  "anthropic.claude-v2": facts(100_000, 4_096, claude2),
  "anthropic.claude-v2:1": facts(200_000, 4_096, claude2),
  "anthropic.claude-3-sonnet-20240229-v1:0": facts(200_000, 4_096, can(claude3)),
  "anthropic.claude-3-haiku-20240307-v1:0": facts(
    200_000,
    2_048,
    can({ ...claude3, promptCaching: "yes" }),
  ),
  "anthropic.claude-3-opus-20240229-v1:0": facts(
    200_000,
    4_096,
    can({ ...claude3, promptCaching: "yes" }),
  ),
  "anthropic.claude-3-5-sonnet-20240620-v1:0": facts(200_000, 8_192, can(claude3)),
  "anthropic.claude-3-5-sonnet-20241022-v2:0": facts(200_000, 8_192, can(claude3)),
  "anthropic.claude-3-5-haiku-20241022-v1:0": facts(
    200_000,
    8_192,
    can({ ...claude3, images: "unknown", promptCaching: "yes" }),
  ),
  "anthropic.claude-3-7-sonnet-20250219-v1:0": facts(200_000, 64_000, can(claude4)),
  // A beta gives them a window of a million: how long a prompt can be depends on the request.
  "anthropic.claude-sonnet-4-20250514-v1:0": facts(null, 64_000, can(claude4), anthropicSdk),
  "anthropic.claude-sonnet-4-5-20250929-v1:0": facts(null, 64_000, claude45, anthropicSdk),
  "anthropic.claude-opus-4-20250514-v1:0": facts(200_000, 32_000, can(claude4), anthropicSdk),
  "anthropic.claude-opus-4-1-20250805-v1:0": facts(200_000, 32_000, claude45, anthropicSdk),
  "anthropic.claude-opus-4-5-20251101-v1:0": facts(200_000, 64_000, claude45, anthropicSdk),
  "anthropic.claude-opus-4-6": facts(null, 128_000, claude45, anthropicSdk),
  "anthropic.claude-opus-4-7": facts(null, 128_000, claude45, anthropicSdk),
  "anthropic.claude-opus-4-8": facts(null, 128_000, claude45, anthropicSdk),
  "anthropic.claude-haiku-4-5-20251001-v1:0": facts(200_000, 64_000, claude45, anthropic),
  "anthropic.claude-sonnet-4-6": facts(1_000_000, 64_000, claude45, anthropicSdk),
  "anthropic.claude-sonnet-5": facts(1_000_000, 128_000, claude45, anthropic),
  "anthropic.claude-opus-5": facts(1_000_000, 128_000, claude45, anthropic),
  "anthropic.claude-fable-5": facts(1_000_000, 128_000, claude45, anthropic),
  "anthropic.claude-fable-5-1": facts(1_000_000, 128_000, claude45, anthropic),
  // Anthropic's own API has structured output, Bedrock has none for it.
  "anthropic.claude-haiku-5-5": facts(
    1_000_000,
    128_000,
    can({ ...claude4, structuredOutput: "unknown" }),
    { source: "docs.aws.amazon.com, Claude Haiku 5.5 model card", confidence: "A" },
  ),
  "anthropic.claude-sonnet-5-5": facts(1_000_000, 128_000, claude45, anthropic),
  "anthropic.claude-opus-5-5": facts(1_000_000, 128_000, claude45, anthropic),
  "amazon.nova-micro-v1:0": facts(
    128_000,
    5_000,
    can({ ...nova, images: "no", documents: "no" }),
    bedrockDocs,
  ),
  "amazon.nova-lite-v1:0": facts(300_000, 5_000, can(nova), bedrockDocs),
  "amazon.nova-pro-v1:0": facts(300_000, 5_000, can(nova), bedrockDocs),
  "amazon.nova-2-lite-v1:0": facts(
    1_000_000,
    null,
    can({ ...nova, reasoning: "yes", promptCaching: "unknown" }),
    bedrockDocs,
  ),
  "amazon.titan-embed-text-v2:0": facts(8_192, null, textEmbedding),
  "cohere.embed-v4:0": facts(128_000, null, can({ ...embedding, images: "yes" })),
  "amazon.titan-embed-text-v1": facts(8_192, null, textEmbedding),
  "amazon.titan-embed-g1-text-02": facts(8_192, null, textEmbedding),
  "cohere.embed-english-v3": facts(512, null, textEmbedding),
  "cohere.embed-multilingual-v3": facts(512, null, textEmbedding),
  "text-embedding-3-small": facts(8_192, null, textEmbedding),
  "text-embedding-3-large": facts(8_192, null, textEmbedding),
  "text-embedding-ada-002": facts(8_192, null, textEmbedding),
  "gemini-embedding-001": facts(2_048, null, textEmbedding),
  "cohere.command-r-v1:0": facts(128_000, 4_096, gpt4),
  "gpt-4": facts(8_192, 8_192, gpt4),
  "gpt-4-turbo": facts(128_000, 4_096, can({ ...plainChat, images: "yes", tools: "yes" })),
  "gpt-3.5-turbo": facts(16_385, 4_096, gpt4),
  "gpt-4o": facts(128_000, 16_384, gpt4o),
  "gpt-4o-mini": facts(128_000, 16_384, gpt4o),
  "gpt-6-astra": facts(
    1_050_000,
    128_000,
    can({ ...chat, tools: "yes", reasoning: "yes", promptCaching: "yes" }),
    {
      maxTokensField: "max_completion_tokens",
      source: "BerriAI/litellm discussion 39633",
      confidence: "B",
    },
  ),
  "openai.gpt-6-astra": facts(
    1_050_000,
    128_000,
    can({ ...chat, tools: "yes", reasoning: "yes", promptCaching: "yes" }),
    { source: "as OpenAI's own: BerriAI/litellm discussion 39633", confidence: "C" },
  ),
  "openai.gpt-oss-20b-1:0": facts(128_000, null, gptOss),
  "openai.gpt-oss-120b-1:0": facts(128_000, null, gptOss),
  "meta.llama3-3-70b-instruct-v1:0": facts(
    128_000,
    null,
    can({ ...chat, images: "no", tools: "yes", reasoning: "no" }),
  ),
  "deepseek.v3.2": facts(null, null, can({ text: "yes", embeddings: "no" })),
  "mistral.mistral-large-3-675b-instruct": facts(
    null,
    null,
    can({ text: "yes", embeddings: "no" }),
  ),
  "gemini-1.5-pro": facts(2_000_000, 8_192, gemini1),
  "gemini-1.5-flash": facts(1_000_000, 8_192, gemini1),
  "gemini-2.0-flash": facts(1_048_576, 8_192, gemini1, googleDocs),
  "gemini-2.5-pro": facts(1_048_576, 65_536, gemini25, googleDocs),
  "gemini-2.5-flash": facts(1_048_576, 65_536, gemini25, googleDocs),
  "gemini-2.5-flash-lite": facts(1_048_576, 65_536, gemini25, googleDocs),
};

/**
 * For a model the table does not know: as much as any model is known to take, so that no
 * reservation is cut to a guess (MON-4), and an answer of a length that every model can give.
 */
export const unknownModelFacts: ModelFacts = {
  contextWindow: 2_000_000,
  maxOutputTokens: 4_096,
  maxTokensField: "max_tokens",
};
