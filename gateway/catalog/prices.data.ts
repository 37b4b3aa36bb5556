/** Integer nano-USD per million tokens: 3 USD per million tokens is 3_000_000_000. */
export type PriceLine = readonly [
  input: number,
  output: number,
  cacheRead?: number,
  cacheWrite5m?: number,
  cacheWrite1h?: number,
];

/** Names this edition of the book in every ledger row that was priced by it. */
export const bookVersion = "2026-11-20";

/**
 * List prices by upstream model (MON-3): the vendor's own and those of Bedrock's global profiles,
 * prompt lengths below any band. A missing cache line costs what plain input costs. Models whose
 * price depends on the prompt's length are not in this edition: they are refused under a budget
 * rather than counted too low.
 */
export const priceLines: Readonly<Record<string, PriceLine>> = {
  "anthropic.claude-3-sonnet-20240229-v1:0": [3_000_000_000, 15_000_000_000],
  "anthropic.claude-3-haiku-20240307-v1:0": [250_000_000, 1_250_000_000],
  "anthropic.claude-3-opus-20240229-v1:0": [15_000_000_000, 75_000_000_000],
  "anthropic.claude-3-5-sonnet-20240620-v1:0": [3_000_000_000, 15_000_000_000],
  "anthropic.claude-v2": [8_000_000_000, 24_000_000_000],
  "anthropic.claude-v2:1": [8_000_000_000, 24_000_000_000],
  "anthropic.claude-haiku-4-5-20251001-v1:0": [
    1_000_000_000, 5_000_000_000, 100_000_000, 1_250_000_000, 2_000_000_000,
  ],
  "anthropic.claude-sonnet-4-6": [
    3_000_000_000, 15_000_000_000, 300_000_000, 3_750_000_000, 6_000_000_000,
  ],
  "anthropic.claude-sonnet-5": [
    2_000_000_000, 10_000_000_000, 200_000_000, 2_500_000_000, 4_000_000_000,
  ],
  "anthropic.claude-opus-5": [
    5_000_000_000, 25_000_000_000, 500_000_000, 6_250_000_000, 10_000_000_000,
  ],
  "anthropic.claude-fable-5-1": [
    10_000_000_000, 50_000_000_000, 250_000_000, 12_500_000_000, 20_000_000_000,
  ],
  "anthropic.claude-sonnet-5-5": [
    2_000_000_000, 10_000_000_000, 100_000_000, 2_500_000_000, 4_000_000_000,
  ],
  "anthropic.claude-opus-5-5": [
    4_000_000_000, 20_000_000_000, 200_000_000, 5_000_000_000, 8_000_000_000,
  ],
  "amazon.nova-micro-v1:0": [35_000_000, 140_000_000, 8_750_000],
  "amazon.nova-lite-v1:0": [60_000_000, 240_000_000, 15_000_000],
  "amazon.nova-pro-v1:0": [800_000_000, 3_200_000_000, 200_000_000],
  "amazon.nova-2-lite-v1:0": [330_000_000, 2_750_000_000],
  "openai.gpt-oss-20b-1:0": [70_000_000, 300_000_000],
  "openai.gpt-oss-120b-1:0": [150_000_000, 600_000_000],
  "deepseek.v3.2": [620_000_000, 1_850_000_000],
  "meta.llama3-3-70b-instruct-v1:0": [720_000_000, 720_000_000],
  "mistral.mistral-large-3-675b-instruct": [500_000_000, 1_500_000_000],
  "gpt-4": [30_000_000_000, 60_000_000_000],
  "gpt-4-turbo": [10_000_000_000, 30_000_000_000],
  "gpt-3.5-turbo": [500_000_000, 1_500_000_000],
  "gemini-1.5-pro": [3_500_000_000, 10_500_000_000],
  "gemini-1.5-flash": [350_000_000, 1_050_000_000],
};

/** Claude from 4.5 on costs so much more in a region or geography of Bedrock than globally. */
export const regionalPercent = 110;
