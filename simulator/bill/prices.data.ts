import type { Price, Rates } from "./price.ts";

const usd = (input: number, output: number, cached: number = input): Price => ({
  input: Math.round(input * 1e9),
  output: Math.round(output * 1e9),
  cached: Math.round(cached * 1e9),
});

/** What a model costs that the price list does not name. */
export const defaultPrice: Price = usd(1, 2, 0.1);

const others: Readonly<Record<string, Price>> = {
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
  "amazon.nova-micro-v1:0": usd(0.035, 0.14, 0.00875),
  "amazon.nova-lite-v1:0": usd(0.06, 0.24, 0.015),
  "amazon.nova-pro-v1:0": usd(0.8, 3.2, 0.2),
  "amazon.nova-2-lite-v1:0": usd(0.33, 2.75),
  "text-embedding-3-small": usd(0.02, 0),
  "text-embedding-3-large": usd(0.13, 0),
  "text-embedding-ada-002": usd(0.1, 0),
  "amazon.titan-embed-text-v1": usd(0.1, 0),
  "amazon.titan-embed-g1-text-02": usd(0.1, 0),
  "amazon.titan-embed-text-v2:0": usd(0.02, 0),
  "cohere.embed-english-v3": usd(0.1, 0),
  "cohere.embed-multilingual-v3": usd(0.1, 0),
  "cohere.embed-v4:0": usd(0.12, 0),
  "gemini-embedding-001": usd(0.15, 0),
  "cohere.command-r-v1:0": usd(0.5, 1.5),
  "deepseek.v3.2": usd(0.62, 1.85),
  "meta.llama3-3-70b-instruct-v1:0": usd(0.72, 0.72),
  "mistral.mistral-large-3-675b-instruct": usd(0.5, 1.5),
};

/** USD per million tokens of one Claude. */
interface Claude {
  /** Without the vendor's prefix and the version of Bedrock. */
  readonly name: string;
  /** What Bedrock puts behind the name. */
  readonly suffix: string;
  readonly input: number;
  readonly output: number;
  /** Null for a model without a cache. */
  readonly cached: number | null;
  /** Where it is not the usual factor of the input's price. */
  readonly write5m?: number;
  /** Served by geography: a region costs a tenth more than the world. */
  readonly isRegional: boolean;
}

const old = { suffix: "", cached: null, isRegional: false } as const;
const recent = { suffix: "", isRegional: true } as const;

const claudes: readonly Claude[] = [
  { ...old, name: "claude-v2", input: 8, output: 24 },
  { ...old, name: "claude-v2:1", input: 8, output: 24 },
  {
    ...old,
    name: "claude-3-haiku-20240307",
    suffix: "-v1:0",
    input: 0.25,
    output: 1.25,
    cached: 0.03,
    write5m: 0.3,
  },
  { ...old, name: "claude-3-sonnet-20240229", suffix: "-v1:0", input: 3, output: 15 },
  { ...old, name: "claude-3-opus-20240229", suffix: "-v1:0", input: 15, output: 75, cached: 1.5 },
  { ...old, name: "claude-3-5-sonnet-20240620", suffix: "-v1:0", input: 3, output: 15 },
  {
    ...recent,
    name: "claude-haiku-4-5-20251001",
    suffix: "-v1:0",
    input: 1,
    output: 5,
    cached: 0.1,
  },
  { ...recent, name: "claude-haiku-4-5", input: 1, output: 5, cached: 0.1 },
  { ...recent, name: "claude-sonnet-4-6", input: 3, output: 15, cached: 0.3 },
  { ...recent, name: "claude-sonnet-5", input: 2, output: 10, cached: 0.2 },
  { ...recent, name: "claude-opus-5", input: 5, output: 25, cached: 0.5 },
  { ...recent, name: "claude-fable-5-1", input: 10, output: 50, cached: 0.25 },
  { ...recent, name: "claude-haiku-5-5", input: 0.1, output: 0.5, cached: 0.01 },
  { ...recent, name: "claude-sonnet-5-5", input: 2, output: 10, cached: 0.1 },
  { ...recent, name: "claude-opus-5-5", input: 4, output: 20, cached: 0.2 },
];

const write5mFactor = 1.25;
const write1hFactor = 2;
const regionalFactor = 1.1;
const regionalPrefixes = ["us.", "eu.", "apac.", "jp.", "au."];

/** This one alone has a dearer price for long prompts. */
const longHaiku = (factor: number) => ({
  overTokens: 100_000,
  ...claudeRates({ input: 0.5, output: 2.5, cached: 0.05 }, factor),
});

function claudeRates(
  { input, output, cached, write5m }: Omit<Claude, "name" | "suffix" | "isRegional">,
  factor: number,
): Rates {
  const nano = (dollars: number): number => Math.round(dollars * factor * 1e9);
  const rates = { input: nano(input), output: nano(output), cached: nano(cached ?? input) };
  if (cached === null) return rates;
  return {
    ...rates,
    cacheWrite5m: nano(write5m ?? input * write5mFactor),
    cacheWrite1h: nano(input * write1hFactor),
  };
}

const claudePrice = (claude: Claude, factor: number): Price => {
  const rates = claudeRates(claude, factor);
  return claude.name === "claude-haiku-5-5" ? { ...rates, longPrompt: longHaiku(factor) } : rates;
};

/** The names of one Claude: Anthropic's own, Bedrock's, and those of Bedrock's geographies. */
const claudeLines = (claude: Claude): [name: string, price: Price][] => {
  const id = `anthropic.${claude.name}${claude.suffix}`;
  const regional = claudePrice(claude, claude.isRegional ? regionalFactor : 1);
  return [
    [id, regional],
    [claude.name, claudePrice(claude, 1)],
    [`global.${id}`, claudePrice(claude, 1)],
    ...regionalPrefixes.map((prefix): [string, Price] => [prefix + id, regional]),
  ];
};

/** List prices by upstream model. */
export const defaultPrices: Readonly<Record<string, Price>> = {
  ...others,
  ...Object.fromEntries(claudes.flatMap(claudeLines)),
};
