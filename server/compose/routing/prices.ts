import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { BookEntry } from "@sekisho/gateway/catalog/price-book.ts";
import { spansOf, type DatedPrice } from "@sekisho/gateway/catalog/price-spans.ts";
import { batchPercent } from "@sekisho/gateway/catalog/prices.data.ts";
import { CostCalculator } from "@sekisho/gateway/costing/cost-calculator.ts";
import {
  always,
  bandVersion,
  flatPrice,
  unpricedVersion,
  type FlatPrice,
  type Price,
  type PriceOrigin,
  type PriceSpan,
  type Rates,
} from "@sekisho/gateway/price.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { utcDayMs } from "@sekisho/lib/time/utc.ts";
import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";
import { nanoUsd } from "../../config/nano-usd.ts";
import type { Config } from "../../config/schema.ts";

type Override = Config["prices"]["override"][string];
type ConfiguredRates = Override["bands"][number];
type ConfiguredFlat = Pick<Override, "requestUsd" | "imageUsd">;

const configured = "the configuration";

/**
 * What a price costs that is neither in the book nor in the file, where that is allowed: nothing.
 */
const free: Price = {
  version: unpricedVersion,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  bands: [],
  origin: { from: null, until: null, source: `${configured}, unpriced: allow`, confidence: null },
};

/** The prices of an upstream model: the file's, else the book's; null without any. */
export function pricesOf({ prices }: Config, model: string): BookEntry | null {
  // Clients choose the names of wildcards: one that every object has is no override.
  const line = Object.hasOwn(prices.override, model) ? prices.override[model] : undefined;
  return line === undefined
    ? prices.book.entry(model)
    : { name: model, prices: overrideSpans(model, line) };
}

/** The same, and free whenever there is none. */
export function pricesOrFree(entry: BookEntry | null): PriceSpan {
  if (entry === null) return always(free);
  const filled = (span: PriceSpan): PriceSpan => ({
    price: span.price ?? free,
    untilMs: span.untilMs,
    next: span.next === null ? null : filled(span.next),
  });
  return filled(entry.prices);
}

/** Names of models with a price, spelt as this one is. */
export function pricedNames({ prices }: Config, like: string): string[] {
  const geography = readBedrockModel(like)?.geography ?? null;
  return [...Object.keys(prices.override), ...prices.book.names(geography)];
}

/** What prices are looked up in. */
interface Priced {
  readonly config: Config;
  readonly catalog: Pick<Catalog, "names" | "peek">;
}

const modelPriced = (catalog: Priced["catalog"], model: string): string =>
  catalog.names().includes(model)
    ? (catalog.peek(model).pools[0]?.targets[0]?.upstreamModel ?? model)
    : model;

/**
 * A calculator over the configuration of now. A name of the configuration costs what its first
 * target does, any other what the model of this name does at a provider.
 */
export const calculatorOf = (clock: Pick<Clock, "wallMs">, now: () => Priced): CostCalculator =>
  new CostCalculator({
    pricesOf(model) {
      const { config, catalog } = now();
      // What `unpriced: allow` books as nothing is no price of 0 (MON-17).
      return pricesOf(config, modelPriced(catalog, model))?.prices ?? null;
    },
    namesLike(model) {
      const { config, catalog } = now();
      return [...catalog.names(), ...pricedNames(config, model)];
    },
    wallMs: () => clock.wallMs(),
    batchPercent,
  });

function overrideSpans(model: string, { changes, ...first }: Override): PriceSpan {
  const lines = [{ from: null, ...first }, ...changes];
  const dated = lines.map(({ from, bands, ...rates }, at): DatedPrice => {
    const until = lines[at + 1]?.from ?? null;
    const list = `config/${model}`;
    const version = from === null ? list : `${list}@${from}`;
    const origin: PriceOrigin = { from, until, source: configured, confidence: null };
    return {
      fromMs: dayMs(from, -Infinity),
      untilMs: dayMs(until, Infinity),
      price: {
        ...exactRates(rates),
        ...exactFlat(rates),
        version,
        bands: bands.map(({ overPromptTokens, ...each }) => ({
          ...exactRates(each),
          overTokens: overPromptTokens,
          version: bandVersion(version, overPromptTokens),
        })),
        origin,
      },
    };
  });
  return spansOf(dated);
}

/** The configuration was checked: it names days of the calendar. */
const dayMs = (day: string | null, otherwise: number): number =>
  (day === null ? null : utcDayMs(day)) ?? otherwise;

function exactFlat({ requestUsd, imageUsd }: ConfiguredFlat): { flat?: FlatPrice } {
  const flat = flatPrice(nanoUsd(requestUsd) ?? 0, nanoUsd(imageUsd) ?? 0);
  return flat === null ? {} : { flat };
}

function exactRates(line: Omit<ConfiguredRates, "overPromptTokens">): Rates {
  const exact = (usd: number | null, otherwise: number): number =>
    usd === null ? otherwise : (nanoUsd(usd) ?? otherwise);
  const input = exact(line.inputUsdPerMillion, 0);
  return {
    input,
    output: exact(line.outputUsdPerMillion, 0),
    cacheRead: exact(line.cacheReadUsdPerMillion, input),
    cacheWrite5m: exact(line.cacheWrite5mUsdPerMillion, input),
    cacheWrite1h: exact(line.cacheWrite1hUsdPerMillion, input),
  };
}
