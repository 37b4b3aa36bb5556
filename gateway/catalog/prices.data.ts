import type { Price } from "../price.ts";

/** Integer nano-USD per million tokens: 3 USD per million tokens is 3_000_000_000. */
type Line = readonly [
  input: number,
  output: number,
  cacheRead?: number,
  cacheWrite5m?: number,
  cacheWrite1h?: number,
];

/** Names this edition of the book in every ledger row that was priced by it. */
export const bookVersion = "2026-11-20";

// List prices in the order in which they were published by their vendors; global (not regional)
// lines, prompt lengths below any band. A missing cache line costs what plain input costs.
const lines: Readonly<Record<string, Line>> = {
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
  "gpt-4": [30_000_000_000, 60_000_000_000],
  "gpt-4-turbo": [10_000_000_000, 30_000_000_000],
  "gpt-3.5-turbo": [500_000_000, 1_500_000_000],
  "gemini-1.5-pro": [3_500_000_000, 10_500_000_000],
  "gemini-1.5-flash": [350_000_000, 1_050_000_000],
};

function price(model: string, line: Line): Price {
  const [input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = input] = line;
  const version = `${bookVersion}/${model}`;
  return { version, input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** The built-in price book: upstream model name -> price (MON-2, MON-3). */
export const builtinPrices: ReadonlyMap<string, Price> = new Map(
  Object.entries(lines).map(([model, line]) => [model, price(model, line)]),
);
