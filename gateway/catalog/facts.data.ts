import type { ModelFacts } from "../target.ts";

const facts = (
  contextWindow: number,
  maxOutputTokens: number,
  maxTokensField: ModelFacts["maxTokensField"] = "max_tokens",
): ModelFacts => ({ contextWindow, maxOutputTokens, maxTokensField });

/** What upstream models take and give, by their upstream name (REF-3). */
export const modelFacts: Readonly<Record<string, ModelFacts>> = {
  "anthropic.claude-3-sonnet-20240229-v1:0": facts(200_000, 4_096),
  "anthropic.claude-3-haiku-20240307-v1:0": facts(200_000, 2_048),
  "anthropic.claude-3-opus-20240229-v1:0": facts(200_000, 4_096),
  "anthropic.claude-3-5-sonnet-20240620-v1:0": facts(200_000, 8_192),
  "anthropic.claude-v2": facts(100_000, 4_096),
  "anthropic.claude-v2:1": facts(200_000, 4_096),
  "anthropic.claude-haiku-4-5-20251001-v1:0": facts(200_000, 64_000),
  "anthropic.claude-sonnet-4-6": facts(1_000_000, 64_000),
  "anthropic.claude-sonnet-5": facts(1_000_000, 128_000),
  "anthropic.claude-opus-5": facts(1_000_000, 128_000),
  "anthropic.claude-fable-5-1": facts(1_000_000, 128_000),
  "anthropic.claude-sonnet-5-5": facts(1_000_000, 128_000),
  "anthropic.claude-opus-5-5": facts(1_000_000, 128_000),
  "amazon.nova-micro-v1:0": facts(128_000, 5_000),
  "amazon.nova-lite-v1:0": facts(300_000, 5_000),
  "amazon.nova-pro-v1:0": facts(300_000, 5_000),
  "gpt-4": facts(8_192, 8_192),
  "gpt-4-turbo": facts(128_000, 4_096),
  "gpt-3.5-turbo": facts(16_385, 4_096),
  "gemini-2.0-flash": facts(1_048_576, 8_192),
  "gemini-2.5-pro": facts(1_048_576, 65_536),
  "gemini-2.5-flash": facts(1_048_576, 65_536),
  "gemini-2.5-flash-lite": facts(1_048_576, 65_536),
  "gemini-1.5-pro": facts(2_000_000, 8_192),
  "gemini-1.5-flash": facts(1_000_000, 8_192),
};

/**
 * For a model the table does not know: as much as any model is known to take, so that no
 * reservation is cut to a guess (MON-4), and an answer of a length that every model can give.
 */
export const unknownModelFacts: ModelFacts = facts(2_000_000, 4_096);
