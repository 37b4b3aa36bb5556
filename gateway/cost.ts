import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Price } from "./price.ts";

const tokensPerPriceUnit = 1_000_000;

/**
 * `ceil(tokens × price / 1e6)`, exact: BigInt where the product leaves the safe integers (MON-1).
 */
export function lineNanoUsd(tokens: number, priceNanoUsdPerMillion: number): number {
  const product = tokens * priceNanoUsdPerMillion;
  if (Number.isSafeInteger(product)) {
    // The division alone may round up to an integer that is too small by one, never this remainder.
    const rest = product % tokensPerPriceUnit;
    return (product - rest) / tokensPerPriceUnit + (rest > 0 ? 1 : 0);
  }
  const unit = BigInt(tokensPerPriceUnit);
  const cost = (BigInt(tokens) * BigInt(priceNanoUsdPerMillion) + unit - 1n) / unit;
  if (cost > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(
      `Cannot price ${tokens} tokens at ${priceNanoUsdPerMillion} nano-USD per million: ` +
        `the cost exceeds ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  return Number(cost);
}

/** What `usage` costs, rounded up per price line. */
export function costNanoUsd(usage: Usage, price: Price): number {
  return (
    lineNanoUsd(usage.input, price.input) +
    lineNanoUsd(usage.output, price.output) +
    lineNanoUsd(usage.cacheRead, price.cacheRead) +
    lineNanoUsd(usage.cacheWrite5m, price.cacheWrite5m) +
    lineNanoUsd(usage.cacheWrite1h, price.cacheWrite1h)
  );
}

/** Prompts are billed on up to four lines, and each line rounds up on its own. */
const roundingNanoUsd = 3;

const dearestInput = (price: Price): number =>
  Math.max(price.input, price.cacheRead, price.cacheWrite5m, price.cacheWrite1h);

/** The dearest way to spend these tokens: the whole prompt at its dearest input line. */
export function boundNanoUsd(inputTokens: number, outputTokens: number, price: Price): number {
  return (
    lineNanoUsd(inputTokens, dearestInput(price)) +
    lineNanoUsd(outputTokens, price.output) +
    roundingNanoUsd
  );
}

/**
 * Output tokens for which `boundNanoUsd` stays within `freeNanoUsd`; 0 when the prompt does not.
 */
export function affordableOutputTokens(
  freeNanoUsd: number,
  inputTokens: number,
  price: Price,
): number {
  const left = freeNanoUsd - lineNanoUsd(inputTokens, dearestInput(price)) - roundingNanoUsd;
  if (left <= 0) return 0;
  if (price.output === 0) return Number.MAX_SAFE_INTEGER;
  return Number((BigInt(left) * BigInt(tokensPerPriceUnit)) / BigInt(price.output));
}
