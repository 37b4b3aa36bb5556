import type { Price } from "./price.ts";

const usd = (input: number, output: number, cached: number = input): Price => ({
  input: Math.round(input * 1e9),
  output: Math.round(output * 1e9),
  cached: Math.round(cached * 1e9),
});

/** What a model costs that the price list does not name. */
export const defaultPrice: Price = usd(1, 2, 0.1);

/** List prices by upstream model, in USD per million tokens: input, output, cached input. */
export const defaultPrices: Readonly<Record<string, Price>> = {
  "gpt-4": usd(30, 60),
  "gpt-4-turbo": usd(10, 30),
  "gpt-3.5-turbo": usd(0.5, 1.5),
  "openai.gpt-6-astra": {
    ...usd(10, 50, 1),
    longPrompt: { overTokens: 272_000, ...usd(20, 75, 2) },
  },
  "openai.gpt-oss-20b-1:0": usd(0.07, 0.3),
  "openai.gpt-oss-120b-1:0": usd(0.15, 0.6),
  "gemini-1.5-pro": usd(3.5, 10.5),
  "gemini-1.5-flash": usd(0.35, 1.05),
  "anthropic.claude-v2": usd(8, 24),
  "anthropic.claude-v2:1": usd(8, 24),
  "anthropic.claude-3-haiku-20240307-v1:0": usd(0.25, 1.25, 0.03),
  "anthropic.claude-3-sonnet-20240229-v1:0": usd(3, 15),
  "anthropic.claude-3-opus-20240229-v1:0": usd(15, 75),
  "anthropic.claude-3-5-sonnet-20240620-v1:0": usd(3, 15),
  "anthropic.claude-haiku-4-5-20251001-v1:0": usd(1, 5, 0.1),
  "anthropic.claude-sonnet-4-6": usd(3, 15, 0.3),
  "anthropic.claude-sonnet-5": usd(2, 10, 0.2),
  "anthropic.claude-opus-5": usd(5, 25, 0.5),
  "anthropic.claude-fable-5-1": usd(10, 50, 0.25),
  "anthropic.claude-haiku-5-5": {
    ...usd(0.1, 0.5, 0.01),
    longPrompt: { overTokens: 100_000, ...usd(0.5, 2.5, 0.01) },
  },
  "anthropic.claude-sonnet-5-5": usd(2, 10, 0.1),
  "anthropic.claude-opus-5-5": usd(4, 20, 0.2),
  "amazon.nova-micro-v1:0": usd(0.035, 0.14, 0.00875),
  "amazon.nova-lite-v1:0": usd(0.06, 0.24, 0.015),
  "amazon.nova-pro-v1:0": usd(0.8, 3.2, 0.2),
  "amazon.nova-2-lite-v1:0": usd(0.33, 2.75),
  "amazon.titan-embed-text-v2:0": usd(0.02, 0),
  "cohere.embed-v4:0": usd(0.12, 0),
  "cohere.command-r-v1:0": usd(0.5, 1.5),
  "deepseek.v3.2": usd(0.62, 1.85),
  "meta.llama3-3-70b-instruct-v1:0": usd(0.72, 0.72),
  "mistral.mistral-large-3-675b-instruct": usd(0.5, 1.5),
};
