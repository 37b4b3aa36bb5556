import type { TokenCounts } from "../reply.ts";

/** Integer nano-USD per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  /** Prompt tokens read from a cache; the price of input when it is not set. */
  readonly cached?: number;
  /** Other prices for the whole call when its prompt is longer than `overTokens`. */
  readonly longPrompt?: {
    readonly overTokens: number;
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
  };
}

const perMillion = 1_000_000;

const ceilLine = (tokens: number, price: number): number => {
  const product = tokens * price;
  if (Number.isSafeInteger(product)) {
    const whole = Math.floor(product / perMillion);
    return product % perMillion === 0 ? whole : whole + 1;
  }
  const exact = BigInt(tokens) * BigInt(price);
  return Number((exact + BigInt(perMillion - 1)) / BigInt(perMillion));
};

/** Integer nano-USD of one call: each line (input, cached, output) is rounded up by itself. */
export const costOf = (tokens: TokenCounts, price: Price): number => {
  const long = price.longPrompt;
  const rates = long !== undefined && tokens.input > long.overTokens ? long : price;
  return (
    ceilLine(tokens.input - tokens.cached, rates.input) +
    ceilLine(tokens.cached, rates.cached ?? rates.input) +
    ceilLine(tokens.output, rates.output)
  );
};

/** Is every figure a non-negative integer that can be multiplied? */
export const isPrice = (value: Price): boolean => {
  const long = value.longPrompt;
  const figures = [value.input, value.output, value.cached ?? 0];
  if (long !== undefined) figures.push(long.overTokens, long.input, long.output, long.cached ?? 0);
  return figures.every((figure) => Number.isSafeInteger(figure) && figure >= 0);
};
