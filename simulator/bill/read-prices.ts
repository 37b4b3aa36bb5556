import { Fields } from "../fields.ts";
import type { Price, Rates } from "./price.ts";

const figure = { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true };

const needed = (fields: Fields, name: string): number => {
  const value = fields.number(name, figure);
  if (value === null) throw fields.missing(name);
  return value;
};

const cacheFigures = ["cached", "cacheWrite5m", "cacheWrite1h"] as const;
const rateNames = ["input", "output", ...cacheFigures];

const readRates = (fields: Fields): Rates => {
  const figures = cacheFigures.map((name) => [name, fields.number(name, figure)] as const);
  return {
    input: needed(fields, "input"),
    output: needed(fields, "output"),
    ...Object.fromEntries(figures.filter(([, value]) => value !== null)),
  };
};

const readPrice = (fields: Fields): Price => {
  fields.allowOnly([...rateNames, "longPrompt"]);
  const long = fields.object("longPrompt");
  if (long === null) return readRates(fields);
  long.allowOnly([...rateNames, "overTokens"]);
  const overTokens = needed(long, "overTokens");
  return { ...readRates(fields), longPrompt: { overTokens, ...readRates(long) } };
};

/** Reads `{model: price}`. Throws `Failure("invalid_value")`. */
export const readPrices = (fields: Fields): Record<string, Price> =>
  Object.fromEntries(
    fields
      .names()
      .map((model) => [model, readPrice(new Fields(fields.any(model), fields.pathOf(model)))]),
  );
