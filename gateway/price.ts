/** Integer nano-USD per million tokens of each kind (MON-1). */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** Rates for the whole of a call whose prompt has more tokens than `overTokens` (MON-2). */
export interface PriceBand extends Rates {
  readonly overTokens: number;
  /** That of the price, and the band. */
  readonly version: string;
}

/** What a call costs beside its tokens, in integer nano-USD (MON-2). */
export interface FlatPrice {
  /** Each request that the provider serves. */
  readonly perRequest: number;
  /** Each image of its prompt. */
  readonly perImage: number;
  /** One request with the images of the call that is priced; none until `forImages` has said so. */
  readonly nanoUsd: number;
}

/** How sure a figure is: official, from a dated source that cites one, or widely known. */
export type Confidence = "A" | "B" | "C";

/** Where a price comes from, and the days on which it holds. */
export interface PriceOrigin {
  /** The first day in UTC; null: always until then. */
  readonly from: string | null;
  /** The first day on which it no longer holds; null: until further notice. */
  readonly until: string | null;
  readonly source: string;
  /** Null for what the configuration says. */
  readonly confidence: Confidence | null;
}

/** One version of a model's price: its rates, and dearer ones for long prompts. */
export interface Price extends Rates {
  /** Names book, line and factor; with the band it stands in the ledger row. */
  readonly version: string;
  /** By length, the shortest first; most models have none. */
  readonly bands: readonly PriceBand[];
  /** The same in every band; absent where tokens are all that is charged, as for most. */
  readonly flat?: FlatPrice;
  readonly origin: PriceOrigin;
}

/** A model's price over time. Plain objects: which one holds is one comparison. */
export interface PriceSpan {
  /** Null where the model has none. */
  readonly price: Price | null;
  /** Wall-clock instant from which `next` holds; Infinity for the last span. */
  readonly untilMs: number;
  readonly next: PriceSpan | null;
}

/** A price that never changes. */
export const always = (price: Price | null): PriceSpan => ({
  price,
  untilMs: Infinity,
  next: null,
});

/** No price, at any time. */
export const neverPriced: PriceSpan = always(null);

/** The version of what is free because an administrator lets models without a price pass. */
export const unpricedVersion = "unpriced";

/** The price that people are told of: what passes without one has none, though it is booked. */
export function shownPriceAt(span: PriceSpan, wallMs: number): Price | null {
  const price = priceAt(span, wallMs);
  return price?.version === unpricedVersion ? null : price;
}

/** The price that holds at this instant; null without one. */
export function priceAt(span: PriceSpan, wallMs: number): Price | null {
  let held = span;
  while (wallMs >= held.untilMs && held.next !== null) held = held.next;
  return held.price;
}

/** The rates that a prompt of this length falls into, for the whole call. */
export function ratesFor(price: Price, promptTokens: number): Price | PriceBand {
  return price.bands.findLast(({ overTokens }) => promptTokens > overTokens) ?? price;
}

/** What is charged beside tokens; null without any. */
export const flatPrice = (perRequest: number, perImage: number): FlatPrice | null =>
  perRequest === 0 && perImage === 0 ? null : { perRequest, perImage, nanoUsd: perRequest };

/**
 * The price for a prompt with so many images: itself, unless it charges them. Throws RangeError
 * where they cost more than a number holds.
 */
export function forImages(price: Price, images: number): Price {
  const { flat } = price;
  if (flat === undefined || flat.perImage === 0) return price;
  const nanoUsd = flat.perRequest + flat.perImage * images;
  if (!Number.isSafeInteger(nanoUsd)) {
    throw new RangeError(
      `Cannot price ${images} images at ${flat.perImage} nano-USD each: ` +
        `the cost exceeds ${Number.MAX_SAFE_INTEGER}`,
    );
  }
  return { ...price, flat: { ...flat, nanoUsd } };
}

const wholePercent = 100;

/**
 * The price at so many percent of each figure: a region's surcharge, the discount of a batch. Rates
 * of the book are multiples of 100 nano-USD; what is finer is rounded up.
 */
export function atPercent(price: Price, percent: number): Price {
  const scaled = (rates: Rates): Rates => ({
    input: scale(rates.input, percent),
    output: scale(rates.output, percent),
    cacheRead: scale(rates.cacheRead, percent),
    cacheWrite5m: scale(rates.cacheWrite5m, percent),
    cacheWrite1h: scale(rates.cacheWrite1h, percent),
  });
  const version = `${price.version}/${percent}%`;
  const bands = price.bands.map((band) => ({
    ...scaled(band),
    overTokens: band.overTokens,
    version: bandVersion(version, band.overTokens),
  }));
  const { flat, origin } = price;
  const whole = { ...scaled(price), version, bands, origin };
  return flat === undefined ? whole : { ...whole, flat: scaledFlat(flat, percent) };
}

/** How a band is named behind its price. */
export const bandVersion = (version: string, overTokens: number): string =>
  `${version}/over-${overTokens}`;

const scaledFlat = ({ perRequest, perImage, nanoUsd }: FlatPrice, percent: number): FlatPrice => ({
  perRequest: scale(perRequest, percent),
  perImage: scale(perImage, percent),
  nanoUsd: scale(nanoUsd, percent),
});

function scale(nanoUsd: number, percent: number): number {
  const product = BigInt(nanoUsd) * BigInt(percent);
  const unit = BigInt(wholePercent);
  return Number((product + unit - 1n) / unit);
}
