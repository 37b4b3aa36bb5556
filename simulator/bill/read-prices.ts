import { Fields } from "../fields.ts";
import type { Price } from "./price.ts";

const figure = { min: 0, max: Number.MAX_SAFE_INTEGER, isInteger: true };

const needed = (fields: Fields, name: string): number => {
  const value = fields.number(name, figure);
  if (value === null) throw fields.missing(name);
  return value;
};

const readRates = (fields: Fields): Pick<Price, "input" | "output" | "cached"> => {
  const cached = fields.number("cached", figure);
  const rates = { input: needed(fields, "input"), output: needed(fields, "output") };
  return cached === null ? rates : { ...rates, cached };
};

const readPrice = (fields: Fields): Price => {
  fields.allowOnly(["input", "output", "cached", "longPrompt"]);
  const long = fields.object("longPrompt");
  if (long === null) return readRates(fields);
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
