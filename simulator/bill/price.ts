import { plainInput, type TokenCounts } from "../reply.ts";

/** Integer nano-USD per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** Prompt tokens read from a cache; the price of input when it is not set. */
  readonly cached?: number;
  /** Prompt tokens written to a cache that keeps them for 5 minutes; else as `input`. */
  readonly cacheWrite5m?: number;
  /** The same for an hour. */
  readonly cacheWrite1h?: number;
}

export interface Price extends Rates {
  /** Other prices for the whole call when its prompt is longer than `overTokens`. */
  /** Nano-USD for each request, and for each image of its prompt. */
  readonly perRequest?: number;
  readonly perImage?: number;
  readonly longPrompt?: Rates & { readonly overTokens: number };
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

/** Integer nano-USD of one call: each line is rounded up by itself. */
export const costOf = (tokens: TokenCounts, price: Price): number => {
  const long = price.longPrompt;
  const rates = long !== undefined && tokens.input > long.overTokens ? long : price;
  return (
    ceilLine(plainInput(tokens), rates.input) +
    ceilLine(tokens.cached, rates.cached ?? rates.input) +
    ceilLine(tokens.cacheWrite5m, rates.cacheWrite5m ?? rates.input) +
    ceilLine(tokens.cacheWrite1h, rates.cacheWrite1h ?? rates.input) +
    ceilLine(tokens.output, rates.output)
  );
};

const figuresOf = (rates: Rates): number[] => [
  rates.input,
  rates.output,
  rates.cached ?? 0,
  rates.cacheWrite5m ?? 0,
  rates.cacheWrite1h ?? 0,
];

/** Integer nano-USD of one call beside its tokens. */
export const flatCostOf = (images: number, { perRequest = 0, perImage = 0 }: Price): number =>
  perRequest + images * perImage;

/** Is every figure a non-negative integer that can be multiplied? */
export const isPrice = (value: Price): boolean => {
  const figures = [...figuresOf(value), value.perRequest ?? 0, value.perImage ?? 0];
  const long = value.longPrompt;
  if (long !== undefined) figures.push(long.overTokens, ...figuresOf(long));
  return figures.every((figure) => Number.isSafeInteger(figure) && figure >= 0);
};
