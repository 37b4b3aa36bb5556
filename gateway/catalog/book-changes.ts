import type { PriceLine, PriceLines, RateFigures } from "./prices.data.ts";
import type { OwnPrices } from "./price-book.ts";

const kinds = ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;

const flatKinds = ["perRequest", "perImage"] as const;

/**
 * What one edition has and the next has no more, in words: models, days, bands and single figures.
 * What is gone would be priced by another line without a word: by the builtin book, by plain input,
 * or by nothing (MON-2).
 */
export const goneFrom = (before: PriceLines, after: PriceLines): string[] =>
  Object.entries(before).flatMap(([model, lines]) => {
    const kept = Object.hasOwn(after, model) ? after[model] : undefined;
    if (kept === undefined) return [model];
    return goneLines(lines, kept).map((what) => `${model} ${what}`);
  });

/** Has an edition other figures than this one, under the same version? */
export const isOtherUnderOneVersion = (before: OwnPrices, after: OwnPrices): boolean =>
  before.version === after.version && JSON.stringify(before.lines) !== JSON.stringify(after.lines);

function goneLines(before: readonly PriceLine[], after: readonly PriceLine[]): string[] {
  const found = before.flatMap((line) => {
    const kept = after.find(({ from }) => from === line.from);
    const since = line.from === undefined ? "" : ` from ${line.from}`;
    if (kept === undefined) return [`its price${since || " without a first day"}`];
    return goneFigures(line, kept).map((what) => what + since);
  });
  const end = after.at(-1)?.until;
  const endsNow = before.at(-1)?.until === undefined && end !== undefined;
  return endsNow ? [...found, `any price from ${end} on`] : found;
}

function goneFigures(before: PriceLine, after: PriceLine): string[] {
  const { bands = [] } = after;
  return [
    ...goneRates(before.rates, after.rates),
    ...flatKinds.filter((kind) => before[kind] !== undefined && after[kind] === undefined),
    ...(before.bands ?? []).flatMap(([overTokens, rates]) => {
      const kept = bands.find(([over]) => over === overTokens);
      const band = `band over ${overTokens}`;
      return kept === undefined
        ? [band]
        : goneRates(rates, kept[1]).map((what) => `${what} of its ${band}`);
    }),
  ];
}

const goneRates = (before: RateFigures, after: RateFigures): string[] =>
  kinds.filter((_, at) => before[at] !== undefined && after[at] === undefined);
