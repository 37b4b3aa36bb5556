import { utcDayMs } from "@sekisho/lib/time/utc.ts";
import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";
import {
  atPercent,
  bandVersion,
  flatPrice,
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
  type PriceLines,
  type RateFigures,
} from "./prices.data.ts";
import { spansOf } from "./price-spans.ts";

/** What the book knows of a model. */
export interface BookEntry {
  /** The line's name in the book, and the regional factor where it counts. */
  readonly name: string;
  readonly prices: PriceSpan;
}

/** Prices that an operator keeps. */
export interface OwnPrices {
  /** As the configuration names their file. */
  readonly path: string;
  readonly version: string;
  readonly lines: PriceLines;
}

/**
 * Prices by the models' names at their providers: the builtin ones, and over them an operator's
 * own. A model that both have costs what the operator's say alone (MON-2).
 */
export class PriceBook {
  readonly #own: OwnPrices | null;

  constructor(own: OwnPrices | null = null) {
    this.#own = own;
  }

  /** Null where the builtin prices alone hold. */
  get own(): OwnPrices | null {
    return this.#own;
  }

  /** Names its edition to people: "2026-11-20", "acme-7 (./prices.yaml) over 2026-11-20". */
  get edition(): string {
    const own = this.#own;
    return own === null ? bookVersion : `${own.version} (${own.path}) over ${bookVersion}`;
  }

  /** What the book says of an upstream model under any of its names; null without a line. */
  entry(model: string): BookEntry | null {
    const own = this.#own;
    const found = own === null ? null : entryIn(own.lines, `book/${own.version}`, model);
    return found ?? entryIn(priceLines, bookVersion, model);
  }

  /** Names under which a client may know its models, with this geography of Bedrock's. */
  names(geography: string | null): string[] {
    const names = new Set([...Object.keys(this.#own?.lines ?? {}), ...Object.keys(priceLines)]);
    return [...names].flatMap((name) => {
      if (geography !== null) return [`${geography}.${name}`];
      return name.startsWith(ofAnthropic) ? [name, ownNameOf(name)] : [name];
    });
  }

  /** As the configuration names it. */
  toJSON(): string {
    return this.#own?.path ?? "builtin";
  }
}

const ofAnthropic = "anthropic.";

export const builtinBook = new PriceBook();

/** The builtin prices of an upstream model over time; null without any. */
export const builtinPrices = (model: string): PriceSpan | null =>
  builtinBook.entry(model)?.prices ?? null;

function entryIn(table: PriceLines, version: string, model: string): BookEntry | null {
  const name = listedName(model, table);
  const lines = name === null ? undefined : table[name];
  if (name === null || lines === undefined) return null;
  const regional = isRegional(model) && lines.some((line) => line.isRegional === true);
  const dated = lines.map((line) => {
    const price = priceOf(line, `${version}/${name}`);
    return {
      fromMs: dayMs(line.from, -Infinity),
      untilMs: dayMs(line.until, Infinity),
      price: regional && line.isRegional === true ? atPercent(price, regionalPercent) : price,
    };
  });
  const factor = regional ? `/${regionalPercent}%` : "";
  return { name: name + factor, prices: spansOf(dated) };
}

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
  const flat = flatPrice(line.perRequest ?? 0, line.perImage ?? 0);
  const version = from === null ? list : `${list}@${from}`;
  return {
    ...ratesOf(rates),
    version,
    bands: bands.map(([overTokens, figures]): PriceBand => ({
      ...ratesOf(figures),
      overTokens,
      version: bandVersion(version, overTokens),
    })),
    ...(flat === null ? {} : { flat }),
    origin: { from, until, source, confidence },
  };
}

function ratesOf(figures: RateFigures): Rates {
  const [input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m] =
    figures;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}
