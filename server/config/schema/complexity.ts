import { z } from "zod";
import { choice, section, text, wholeNumber } from "./leaf.ts";

const ownWords = (about: string) =>
  z.array(text("A word or a phrase, in any case.", 64)).max(500).describe(about).default([]);

const rule = section("By what `complexity` judges a request.", {
  score: choice("`all` signals, or those of the `reference` deployment alone.", [
    "all",
    "reference",
  ]).default("all"),
  shortBelowChars: wholeNumber(
    "A message of fewer characters is short: one sign of a simple one.",
    {
      min: 0,
      max: 2_000,
    },
  ).default(50),
  longAboveChars: wholeNumber("One of more characters is strong.", { min: 0, max: 2_000 }).default(
    200,
  ),
  simpleAtMostPoints: wholeNumber("A request with so many points or fewer is simple.", {
    min: -20,
    max: 20,
  }).default(-2),
  words: section("Words of one's own, which count before those of the lists.", {
    simple: ownWords("Each counts as a price or a greeting does."),
    strong: ownWords("Each makes a request strong."),
  }).prefault({}),
}).prefault({});

const chosen = (what: string) => text(`The alias or chain that serves ${what} requests.`, 128);

/** An alias that leaves a choice (RTE-5). */
export const byComplexity = section("One of two aliases for each request, by what it asks for.", {
  choose: choice("How.", ["complexity"]),
  simple: chosen("simple"),
  strong: chosen("all other"),
  simpleMaxTokens: wholeNumber(
    "No answer of `simple` is longer, whatever the client asks for; `null`: no such limit.",
    { min: 1, max: 100_000_000 },
  )
    .nullable()
    .default(512),
  rule,
});
