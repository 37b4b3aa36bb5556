import { utcDayMs } from "@sekisho/lib/time/utc.ts";
import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";
import {
  atPercent,
  bandVersion,
  type Price,
  type PriceBand,
  type PriceSpan,
  type Rates,
} from "../price.ts";
import { listedName, ownNameOf } from "./listed-name.ts";
import {
  bookVersion,
  priceLines,
  regionalPercent,
  type PriceLine,
  type RateFigures,
} from "./prices.data.ts";
import { spansOf } from "./price-spans.ts";

/** What the book knows of a model. */
export interface BookEntry {
  /** The line's name in the book, and the regional factor where it counts. */
  readonly name: string;
  readonly prices: PriceSpan;
}

/** What the book says of an upstream model under any of its names; null without a line (MON-2). */
export function bookEntry(model: string): BookEntry | null {
  const name = listedName(model, priceLines);
  const lines = name === null ? undefined : priceLines[name];
  if (name === null || lines === undefined) return null;
  const regional = isRegional(model) && lines.some((line) => line.isRegional === true);
  const dated = lines.map((line) => {
    const price = priceOf(line, `${bookVersion}/${name}`);
    return {
      fromMs: dayMs(line.from, -Infinity),
      untilMs: dayMs(line.until, Infinity),
      price: regional && line.isRegional === true ? atPercent(price, regionalPercent) : price,
    };
  });
  const factor = regional ? `/${regionalPercent}%` : "";
  return { name: name + factor, prices: spansOf(dated) };
}

/** Names under which a client may know the models of the book, with this geography of Bedrock's. */
export function bookNames(geography: string | null): string[] {
  return Object.keys(priceLines).flatMap((name) => {
    if (geography !== null) return [`${geography}.${name}`];
    return name.startsWith(ofAnthropic) ? [name, ownNameOf(name)] : [name];
  });
}

const ofAnthropic = "anthropic.";

/** The built-in prices of an upstream model over time; null without any. */
export const builtinPrices = (model: string): PriceSpan | null => bookEntry(model)?.prices ?? null;

/** Does the name ask a region or a geography of Bedrock for the model? */
function isRegional(model: string): boolean {
  const bedrock = readBedrockModel(model);
  return bedrock !== null && bedrock.geography !== "global";
}

function dayMs(day: string | undefined, otherwise: number): number {
  if (day === undefined) return otherwise;
  const ms = utcDayMs(day);
  if (ms === null) throw new RangeError(`Cannot read the price book: "${day}" is no day`);
  return ms;
}

function priceOf(line: PriceLine, list: string): Price {
  const { rates, bands = [], from = null, until = null, source, confidence } = line;
  const version = from === null ? list : `${list}@${from}`;
  return {
    ...ratesOf(rates),
    version,
    bands: bands.map(([overTokens, figures]): PriceBand => ({
      ...ratesOf(figures),
      overTokens,
      version: bandVersion(version, overTokens),
    })),
    origin: { from, until, source, confidence },
  };
}

function ratesOf(figures: RateFigures): Rates {
  const [input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m] =
    figures;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}
