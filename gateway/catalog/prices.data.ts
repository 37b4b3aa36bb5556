import type { Confidence } from "../price.ts";

/**
 * Integer nano-USD per million tokens: 3 USD per million tokens is 3_000_000_000. A line that no
 * source gives is missing: a cache read costs as plain input then, a write for an hour as one for
 * five minutes, and that as plain input.
 */
export type RateFigures = readonly [
  input: number,
  output: number,
  cacheRead?: number | undefined,
  cacheWrite5m?: number | undefined,
  cacheWrite1h?: number | undefined,
];

/** What one model costs over one span of time. */
export interface PriceLine {
  readonly rates: RateFigures;
  /** For the whole of a call whose prompt is longer, the shortest first. */
  readonly bands?: readonly (readonly [overTokens: number, rates: RateFigures])[];
  /** Nano-USD for each request, and for each image of its prompt, beside the tokens. */
  readonly perRequest?: number;
  readonly perImage?: number;
  /** UTC days: the first on which it holds, and the first on which it no longer does. */
  readonly from?: string;
  readonly until?: string;
  /** Does a region or a geography of Bedrock cost `regionalPercent`? */
  readonly isRegional?: boolean;
  readonly source: string;
  /** Null where nobody says. */
  readonly confidence: Confidence | null;
}

/** By the model's name at the provider, in the order of time. */
export type PriceLines = Readonly<Record<string, readonly PriceLine[]>>;

/** Names this edition of the book in every ledger row that was priced by it. */
export const bookVersion = "2026-11-20";

/** What a region or geography of Bedrock costs of the global profile, Claude 4.5 and later. */
export const regionalPercent = 110;

/** What a batch costs of the same calls one by one. */
export const batchPercent = 50;

const anthropicPage = "platform.claude.com, pricing, read 2026-09 to 2026-11";
const haiku55 =
  "kurofune/claudit 1.9.2, platform.claude.com read 2026-10-24; docs.rs/synaps 0.10.2";
const modelsDev = "models.dev 2026-07-02";
const launch = "the vendor's price list at launch, widely known";
const astra = "BerriAI/litellm discussion 39633; codex-token-meter 0.2.22, 2026-09-05";

const claude = (rates: RateFigures, rest: Partial<PriceLine> = {}): readonly PriceLine[] => [
  { rates, isRegional: true, source: anthropicPage, confidence: "A", ...rest },
];

/** Before Claude 4.5 a region costs what the world does. */
const olderClaude = (rates: RateFigures, rest: Partial<PriceLine> = {}): readonly PriceLine[] =>
  claude(rates, { isRegional: false, ...rest });

const other = (rates: RateFigures, rest: Partial<PriceLine> = {}): readonly PriceLine[] => [
  { rates, source: modelsDev, confidence: "B", ...rest },
];

const widelyKnown = { source: launch, confidence: "C" } as const;

const opus4: RateFigures = [
  15_000_000_000, 75_000_000_000, 1_500_000_000, 18_750_000_000, 30_000_000_000,
];
const opus45: RateFigures = [
  5_000_000_000, 25_000_000_000, 500_000_000, 6_250_000_000, 10_000_000_000,
];
const sonnet4: RateFigures = [
  3_000_000_000, 15_000_000_000, 300_000_000, 3_750_000_000, 6_000_000_000,
];
/** With the beta of the long window; without it no prompt is that long. Not read at the source. */
const sonnet4Long: Partial<PriceLine> = {
  bands: [[200_000, [6_000_000_000, 22_500_000_000, 600_000_000, 7_500_000_000, 12_000_000_000]]],
  confidence: "C",
};
const sonnet5: RateFigures = [
  2_000_000_000, 10_000_000_000, 200_000_000, 2_500_000_000, 4_000_000_000,
];
const gpt6Astra = other([10_000_000_000, 50_000_000_000, 1_000_000_000, 12_500_000_000], {
  bands: [[272_000, [20_000_000_000, 75_000_000_000, 2_000_000_000, 25_000_000_000]]],
  source: astra,
});

/**
 * List prices by upstream model (MON-3), each with its lines by date: the vendor's own and those of
 * Bedrock's global profiles. A model that is not here has no price: it is refused under a money
 * budget rather than counted too low.
 */
export const priceLines: PriceLines = {
  "anthropic.claude-v2": olderClaude([8_000_000_000, 24_000_000_000], widelyKnown),
  "anthropic.claude-v2:1": olderClaude([8_000_000_000, 24_000_000_000], widelyKnown),
  "anthropic.claude-3-sonnet-20240229-v1:0": olderClaude(
    [3_000_000_000, 15_000_000_000],
    widelyKnown,
  ),
  "anthropic.claude-3-haiku-20240307-v1:0": olderClaude([
    250_000_000, 1_250_000_000, 30_000_000, 300_000_000, 500_000_000,
  ]),
  "anthropic.claude-3-opus-20240229-v1:0": olderClaude(opus4),
  "anthropic.claude-3-5-sonnet-20240620-v1:0": olderClaude(
    [3_000_000_000, 15_000_000_000],
    widelyKnown,
  ),
  // The first of its line that reads and writes a cache.
  "anthropic.claude-3-5-sonnet-20241022-v2:0": olderClaude(sonnet4, widelyKnown),
  "anthropic.claude-3-5-haiku-20241022-v1:0": olderClaude([
    800_000_000, 4_000_000_000, 80_000_000, 1_000_000_000, 1_600_000_000,
  ]),
  "anthropic.claude-3-7-sonnet-20250219-v1:0": olderClaude(sonnet4),
  "anthropic.claude-sonnet-4-20250514-v1:0": olderClaude(sonnet4, sonnet4Long),
  "anthropic.claude-opus-4-20250514-v1:0": olderClaude(opus4),
  "anthropic.claude-opus-4-1-20250805-v1:0": olderClaude(opus4),
  "anthropic.claude-sonnet-4-5-20250929-v1:0": claude(sonnet4, sonnet4Long),
  "anthropic.claude-haiku-4-5-20251001-v1:0": claude([
    1_000_000_000, 5_000_000_000, 100_000_000, 1_250_000_000, 2_000_000_000,
  ]),
  "anthropic.claude-opus-4-5-20251101-v1:0": claude(opus45),
  "anthropic.claude-opus-4-6": claude(opus45),
  "anthropic.claude-opus-4-7": claude(opus45),
  "anthropic.claude-opus-4-8": claude(opus45),
  "anthropic.claude-sonnet-4-6": claude(sonnet4),
  "anthropic.claude-sonnet-5": claude(sonnet5),
  "anthropic.claude-opus-5": claude(opus45),
  "anthropic.claude-fable-5": claude([
    10_000_000_000, 50_000_000_000, 1_000_000_000, 12_500_000_000, 20_000_000_000,
  ]),
  "anthropic.claude-fable-5-1": claude([
    10_000_000_000, 50_000_000_000, 250_000_000, 12_500_000_000, 20_000_000_000,
  ]),
  "anthropic.claude-haiku-5-5": claude(
    [100_000_000, 500_000_000, 10_000_000, 125_000_000, 200_000_000],
    {
      bands: [[100_000, [500_000_000, 2_500_000_000, 50_000_000, 625_000_000, 1_000_000_000]]],
      from: "2026-10-07",
      source: haiku55,
      confidence: "B",
    },
  ),
  "anthropic.claude-sonnet-5-5": [
    ...claude(sonnet5, { until: "2026-10-07", source: haiku55, confidence: "B" }),
    ...claude([2_000_000_000, 10_000_000_000, 100_000_000, 2_500_000_000, 4_000_000_000], {
      from: "2026-10-07",
      source: haiku55,
      confidence: "B",
    }),
  ],
  "anthropic.claude-opus-5-5": claude(
    [4_000_000_000, 20_000_000_000, 200_000_000, 5_000_000_000, 8_000_000_000],
    { source: "TheKrush/PromptFuel 1.0.21, 2026-09-23; docs.rs/synaps 0.10.2", confidence: "B" },
  ),
  "amazon.nova-micro-v1:0": other([35_000_000, 140_000_000, 8_750_000]),
  "amazon.nova-lite-v1:0": other([60_000_000, 240_000_000, 15_000_000]),
  "amazon.nova-pro-v1:0": other([800_000_000, 3_200_000_000, 200_000_000]),
  "amazon.nova-2-lite-v1:0": other([330_000_000, 2_750_000_000]),
  "amazon.titan-embed-text-v2:0": other([20_000_000, 0], widelyKnown),
  "cohere.embed-v4:0": other([120_000_000, 0], { source: "getmaxim.ai, cost calculator" }),
  "cohere.command-r-v1:0": other([500_000_000, 1_500_000_000], { source: "getmaxim.ai" }),
  "openai.gpt-oss-20b-1:0": other([70_000_000, 300_000_000]),
  "openai.gpt-oss-120b-1:0": other([150_000_000, 600_000_000]),
  // Bedrock's is inferred from OpenAI's own, the same figures.
  "openai.gpt-6-astra": gpt6Astra.map((line) => ({ ...line, confidence: "C" })),
  "gpt-6-astra": gpt6Astra,
  "deepseek.v3.2": other([620_000_000, 1_850_000_000]),
  "meta.llama3-3-70b-instruct-v1:0": other([720_000_000, 720_000_000]),
  "mistral.mistral-large-3-675b-instruct": other([500_000_000, 1_500_000_000]),
  "gpt-4": other([30_000_000_000, 60_000_000_000], widelyKnown),
  "gpt-4-turbo": other([10_000_000_000, 30_000_000_000], widelyKnown),
  "gpt-3.5-turbo": other([500_000_000, 1_500_000_000], widelyKnown),
  "gpt-4o": other([2_500_000_000, 10_000_000_000, 1_250_000_000], {
    source: "docs.rs/openai-models 0.1.1, openai.com/api/pricing",
  }),
  "gpt-4o-mini": other([150_000_000, 600_000_000, 75_000_000], {
    source: "docs.rs/openai-models 0.1.1, openai.com/api/pricing",
  }),
  "gemini-1.5-pro": other([3_500_000_000, 10_500_000_000], widelyKnown),
  "gemini-1.5-flash": other([350_000_000, 1_050_000_000], widelyKnown),
  // Sources disagree on what its cached input costs: it counts as plain input.
  "gemini-2.5-pro": other([1_250_000_000, 10_000_000_000], {
    bands: [[200_000, [2_500_000_000, 15_000_000_000]]],
    source: "deploybase.ai 2026-03, ai.google.dev; hivebook.wiki",
  }),
  // Vectors: there is no output to pay for.
  "text-embedding-3-small": other([20_000_000, 0], widelyKnown),
  "text-embedding-3-large": other([130_000_000, 0], widelyKnown),
  "text-embedding-ada-002": other([100_000_000, 0], widelyKnown),
  "amazon.titan-embed-text-v1": other([100_000_000, 0], widelyKnown),
  "amazon.titan-embed-g1-text-02": other([100_000_000, 0], widelyKnown),
  "cohere.embed-english-v3": other([100_000_000, 0], widelyKnown),
  "cohere.embed-multilingual-v3": other([100_000_000, 0], widelyKnown),
  "gemini-embedding-001": other([150_000_000, 0], widelyKnown),
};
