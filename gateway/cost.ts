import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import { ratesFor, type Price, type Rates } from "./price.ts";

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

/** Tokens of the whole prompt, whatever line they are billed on: they decide the band. */
export const promptTokensOf = (usage: Usage): number =>
  usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;

/**
 * What `usage` costs in the band that its prompt falls into, rounded up per price line, and what
 * the request and its images cost. A request without a single token was not served: it is free.
 */
export function costNanoUsd(usage: Usage, price: Price): number {
  const tokens = tokensNanoUsd(usage, price);
  if (price.flat === undefined || promptTokensOf(usage) + usage.output === 0) return tokens;
  return tokens + price.flat.nanoUsd;
}

function tokensNanoUsd(usage: Usage, price: Price): number {
  const rates = price.bands.length === 0 ? price : ratesFor(price, promptTokensOf(usage));
  return (
    lineNanoUsd(usage.input, rates.input) +
    lineNanoUsd(usage.output, rates.output) +
    lineNanoUsd(usage.cacheRead, rates.cacheRead) +
    lineNanoUsd(usage.cacheWrite5m, rates.cacheWrite5m) +
    lineNanoUsd(usage.cacheWrite1h, rates.cacheWrite1h)
  );
}

/** Book, line, factor and band by which `usage` is priced. */
export const pricedBy = (usage: Usage, price: Price): string =>
  ratesFor(price, promptTokensOf(usage)).version;

/** Prompts are billed on up to four lines, and each line rounds up on its own. */
const roundingNanoUsd = 3;

const dearestInput = (rates: Rates): number =>
  Math.max(rates.input, rates.cacheRead, rates.cacheWrite5m, rates.cacheWrite1h);

/** What a prompt may cost in one band, its rounding included; one that is free rounds nothing. */
function inputBound(rates: Rates, inputTokens: number): number {
  const dearest = dearestInput(rates);
  return dearest === 0 ? 0 : lineNanoUsd(inputTokens, dearest) + roundingNanoUsd;
}

/**
 * The dearest way to spend at most these tokens: the whole prompt at its dearest input line, in the
 * dearest of the bands that it may fall into, and what it costs beside them.
 */
export const boundNanoUsd = (inputTokens: number, outputTokens: number, price: Price): number =>
  tokensBound(inputTokens, outputTokens, price) + (price.flat?.nanoUsd ?? 0);

function tokensBound(inputTokens: number, outputTokens: number, price: Price): number {
  if (price.bands.length === 0) {
    return inputBound(price, inputTokens) + lineNanoUsd(outputTokens, price.output);
  }
  const bounds = reachableBands(inputTokens, price).map(
    ({ rates, mostTokens }) =>
      inputBound(rates, mostTokens) + lineNanoUsd(outputTokens, rates.output),
  );
  return Math.max(...bounds);
}

interface ReachableBand {
  readonly rates: Rates;
  /** The longest prompt in it, as far as it is reached. */
  readonly mostTokens: number;
}

/** A prompt of at most so many tokens may be shorter: every band up to its own is reachable. */
function reachableBands(inputTokens: number, price: Price): readonly ReachableBand[] {
  const reached = [price, ...price.bands.filter(({ overTokens }) => inputTokens > overTokens)];
  return reached.map((rates, at) => {
    const endTokens = price.bands[at]?.overTokens ?? Infinity;
    return { rates, mostTokens: Math.min(inputTokens, endTokens) };
  });
}

/**
 * Output tokens for which `boundNanoUsd` stays within `freeNanoUsd`; 0 when the prompt does not,
 * and never beyond the safe integers, where it cannot be priced. `freeNanoUsd` may be Infinity.
 */
export function affordableOutputTokens(
  freeNanoUsd: number,
  inputTokens: number,
  price: Price,
): number {
  const left = freeNanoUsd - (price.flat?.nanoUsd ?? 0);
  if (price.bands.length === 0) return affordableIn(price, left, inputTokens);
  const affordable = reachableBands(inputTokens, price).map(({ rates, mostTokens }) =>
    affordableIn(rates, left, mostTokens),
  );
  return Math.min(...affordable);
}

function affordableIn(rates: Rates, freeNanoUsd: number, inputTokens: number): number {
  const left = freeNanoUsd - inputBound(rates, inputTokens);
  if (left < 0) return 0;
  // Infinity: none of the limits that there are is one of this call.
  if (rates.output === 0 || left === Infinity) return Number.MAX_SAFE_INTEGER;
  const product = left * tokensPerPriceUnit;
  // The division alone may round up to a token too many, never this remainder.
  if (Number.isSafeInteger(product)) return (product - (product % rates.output)) / rates.output;
  const tokens = (BigInt(left) * BigInt(tokensPerPriceUnit)) / BigInt(rates.output);
  return Math.min(Number(tokens), Number.MAX_SAFE_INTEGER);
}
