import { z } from "zod";
import { utcDayMs } from "@sekisho/lib/time/utc.ts";
import { bookText } from "./book-text.ts";
import { choice, flag, name, section, wholeNumber } from "./leaf.ts";
import { usd } from "./usd.ts";

const perMillion = (what: string) => usd(`USD per million tokens of ${what}.`);
const cached = (what: string) => perMillion(`${what}; \`null\`: as \`inputUsdPerMillion\``);

const rates = {
  inputUsdPerMillion: perMillion("input"),
  outputUsdPerMillion: perMillion("output"),
  cacheReadUsdPerMillion: cached("input read from the cache").nullable().default(null),
  cacheWrite5mUsdPerMillion: cached("input cached for 5 minutes").nullable().default(null),
  cacheWrite1hUsdPerMillion: cached("input cached for an hour").nullable().default(null),
};

/** The most tokens that the edge of a band may have. */
export const maxEdgeTokens = 100_000_000;

const flat = {
  requestUsd: usd("USD for each request, beside its tokens.", 1_000).default(0),
  imageUsd: usd("USD for each image of a prompt, beside its tokens.", 1_000).default(0),
};

const bands = z
  .array(
    section("What a call with a long prompt costs as a whole.", {
      overPromptTokens: wholeNumber("Prompts with more tokens, cached ones included.", {
        min: 1,
        max: maxEdgeTokens,
      }),
      ...rates,
    }),
  )
  .max(8)
  .describe("By length, the shortest first.")
  .default([]);

const day = z
  .string()
  .refine((text) => utcDayMs(text) !== null, { error: () => "is no day such as 2026-11-20" })
  .describe("The first day in UTC on which it holds.");

const line = section("The price of one model.", {
  ...rates,
  ...flat,
  bands,
  changes: z
    .array(section("A price from a day on.", { from: day, ...rates, ...flat, bands }))
    .max(64)
    .describe("Later prices, the earliest first.")
    .default([]),
});

/** What a provider calls a model. */
export const pricedModel = name(
  "model",
  /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,255}$/,
  "letters, digits and ._:/@+- only, at most 256",
);

export const prices = section("What tokens cost.", {
  book: bookText.prefault("builtin"),
  mayShrink: flag(
    "A reload may take a book that lacks a model, or a figure of one, which the last one had.",
  ).default(false),
  override: z
    .record(pricedModel, line)
    .describe("Prices by the model's name at the provider; they win over the book.")
    .default({}),
  unpriced: choice("A model without a price, under a money budget.", ["refuse", "allow"]).default(
    "refuse",
  ),
}).prefault({});
