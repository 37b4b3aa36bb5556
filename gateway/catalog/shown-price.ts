import { decimalText } from "@sekisho/lib/text/decimal.ts";
import type { ShownPrice, UsdRates } from "@sekisho/wire/canonical/model-details.ts";
import type { Price, Rates } from "../price.ts";

/** 35_000_000 nano-USD per million tokens is "0.035". */
const perMillion = (nanoUsd: number): string =>
  decimalText(BigInt(nanoUsd), { decimals: 9, least: 0 });

const usdRates = (rates: Rates): UsdRates => ({
  input: perMillion(rates.input),
  output: perMillion(rates.output),
  cacheRead: perMillion(rates.cacheRead),
  cacheWrite5m: perMillion(rates.cacheWrite5m),
  cacheWrite1h: perMillion(rates.cacheWrite1h),
});

/** A price in US dollars per million tokens, for people and programs that are told of it. */
export const shownPrice = (price: Price): ShownPrice => ({
  ...usdRates(price),
  version: price.version,
  bands: price.bands.map((band) => ({ ...usdRates(band), overPromptTokens: band.overTokens })),
  validFrom: price.origin.from,
  validUntil: price.origin.until,
  source: price.origin.source,
  confidence: price.origin.confidence,
});
