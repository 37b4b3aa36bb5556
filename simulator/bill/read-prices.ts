import { Fields } from "../fields.ts";
import type { Price, Rates } from "./price.ts";

const figure = { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true };

const needed = (fields: Fields, name: string): number => {
  const value = fields.number(name, figure);
  if (value === null) throw fields.missing(name);
  return value;
};

const cacheFigures = ["cached", "cacheWrite5m", "cacheWrite1h"] as const;
const flatFigures = ["perRequest", "perImage"] as const;
const rateNames = ["input", "output", ...cacheFigures];

/** Those that are there. */
const readFigures = (fields: Fields, names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = fields.number(name, figure);
      return value === null ? [] : [[name, value]];
    }),
  );

const readRates = (fields: Fields): Rates => {
  return {
    input: needed(fields, "input"),
    output: needed(fields, "output"),
    ...readFigures(fields, cacheFigures),
  };
};

const readPrice = (fields: Fields): Price => {
  fields.allowOnly([...rateNames, ...flatFigures, "longPrompt"]);
  const long = fields.object("longPrompt");
  const own = { ...readRates(fields), ...readFigures(fields, flatFigures) };
  if (long === null) return own;
  long.allowOnly([...rateNames, "overTokens"]);
  const overTokens = needed(long, "overTokens");
  return { ...own, longPrompt: { overTokens, ...readRates(long) } };
};

/** Reads `{model: price}`. Throws `Failure("invalid_value")`. */
export const readPrices = (fields: Fields): Record<string, Price> =>
  Object.fromEntries(
    fields
      .names()
      .map((model) => [model, readPrice(new Fields(fields.any(model), fields.pathOf(model)))]),
  );
