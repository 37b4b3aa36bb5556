import { z } from "zod";
import { choice, name, section } from "./leaf.ts";
import { usd } from "./usd.ts";

const perMillion = (what: string) => usd(`USD per million tokens of ${what}.`);
const cached = (what: string) => perMillion(`${what}; \`null\`: as \`inputUsdPerMillion\``);

const line = section("The price of one model.", {
  inputUsdPerMillion: perMillion("input"),
  outputUsdPerMillion: perMillion("output"),
  cacheReadUsdPerMillion: cached("input read from the cache").nullable().default(null),
  cacheWrite5mUsdPerMillion: cached("input cached for 5 minutes").nullable().default(null),
  cacheWrite1hUsdPerMillion: cached("input cached for an hour").nullable().default(null),
});

const pricedModel = name(
  "model",
  /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,255}$/,
  "letters, digits and ._:/@+- only, at most 256",
);

export const prices = section("What tokens cost.", {
  book: choice("The price book.", ["builtin"]).default("builtin"),
  override: z
    .record(pricedModel, line)
    .describe("Prices by the model's name at the provider; they win over the book.")
    .default({}),
  unpriced: choice("A model without a price, under a money budget.", ["refuse", "allow"]).default(
    "refuse",
  ),
}).prefault({});
