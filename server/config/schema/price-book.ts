import { z } from "zod";
import { utcDayMs } from "@sekisho/lib/time/utc.ts";
import { name, section, text, wholeNumber } from "./leaf.ts";
import { maxEdgeTokens, pricedModel } from "./prices.ts";

/** 9,000,000 USD, as in the configuration: each figure is a safe integer. */
const maxNanoUsd = 9_000_000_000_000_000;

const nanoUsd = (what: string) =>
  wholeNumber(`Nano-USD per million tokens of ${what}.`, { min: 0, max: maxNanoUsd });

const rates = section("Whole nano-USD per million tokens: 3 USD are 3000000000.", {
  input: nanoUsd("input"),
  output: nanoUsd("output"),
  cacheRead: nanoUsd("input read from the cache").optional(),
  cacheWrite5m: nanoUsd("input cached for 5 minutes").optional(),
  cacheWrite1h: nanoUsd("input cached for an hour").optional(),
});

const band = section("What a call with a longer prompt costs as a whole.", {
  overTokens: wholeNumber("Prompts with more tokens.", { min: 1, max: maxEdgeTokens }),
  rates,
});

const day = z
  .string()
  .refine((written) => utcDayMs(written) !== null, { error: () => "is no day such as 2026-11-20" });

/** 1,000 USD: with as many images as a body holds it is a safe integer. */
const maxFlatNanoUsd = 1_000_000_000_000;

const flat = (what: string) =>
  wholeNumber(`Nano-USD for each ${what}, beside the tokens.`, { min: 0, max: maxFlatNanoUsd });

const line = section("What a model costs over one span of time.", {
  rates,
  bands: z.array(band).max(8).default([]),
  perRequest: flat("request").optional(),
  perImage: flat("image of its prompt").optional(),
  from: day.optional(),
  until: day.optional(),
  isRegional: z.boolean().default(false),
  source: text("Where the price comes from.").optional(),
  confidence: z.enum(["A", "B", "C"]).optional(),
});

const version = name(
  "version",
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  "letters, digits and ._- only, at most 64",
);

/** A file of prices, as `prices.book` names one. */
export const priceBookSchema = z.strictObject({
  version,
  models: z.record(pricedModel, z.array(line).min(1).max(64)),
});

export type PriceBookShape = z.output<typeof priceBookSchema>;
