import { decimalText } from "@sekisho/lib/text/decimal.ts";
import type { ShownPrice, UsdRates } from "@sekisho/wire/canonical/model-details.ts";
import type { Price, Rates } from "../price.ts";

/** 35_000_000 nano-USD is "0.035". */
const inUsd = (nanoUsd: number): string => decimalText(BigInt(nanoUsd), { decimals: 9, least: 0 });

const usdRates = (rates: Rates): UsdRates => ({
  input: inUsd(rates.input),
  output: inUsd(rates.output),
  cacheRead: inUsd(rates.cacheRead),
  cacheWrite5m: inUsd(rates.cacheWrite5m),
  cacheWrite1h: inUsd(rates.cacheWrite1h),
});

/** A price in US dollars per million tokens, for people and programs that are told of it. */
export const shownPrice = (price: Price): ShownPrice => ({
  ...usdRates(price),
  ...(price.flat === undefined
    ? {}
    : {
        perRequest: inUsd(price.flat.perRequest),
        perImage: inUsd(price.flat.perImage),
      }),
  version: price.version,
  bands: price.bands.map((band) => ({ ...usdRates(band), overPromptTokens: band.overTokens })),
  validFrom: price.origin.from,
  validUntil: price.origin.until,
  source: price.origin.source,
  confidence: price.origin.confidence,
});
