import { z } from "zod";
import { choice, decimal, identifier, millis, name, section, wholeNumber } from "./leaf.ts";
import { notYet } from "./not-yet.ts";
import { upstreamModel } from "./providers.ts";

const providerName = identifier("provider").describe("A name under `providers`.");

const target = section("One place a call can go.", {
  provider: providerName,
  model: upstreamModel,
  weight: wholeNumber(
    "The share of calls; only 1 beside targets of the same priority in this version.",
    {
      min: 1,
      max: 1000,
    },
  ).default(1),
  priority: wholeNumber("Lower is tried first; equals in the order of the file.", {
    min: 0,
    max: 1000,
  }).default(0),
});

/** How a call is tried: the same for aliases and wildcards. */
const trying = {
  attempts: section("How often a call is tried.", {
    max: wholeNumber("Attempts in all, the first included.", { min: 1, max: 10 }).default(3),
    backoffMs: millis("The first wait before the same target is tried again.", 0).default(1000),
    backoffMaxMs: millis("The longest wait between attempts.", 0).default(10_000),
  }).prefault({}),
  breaker: section("When a failing target is rested.", {
    failures: wholeNumber("Failures in a row that open it.", { min: 1, max: 1000 }).default(5),
    windowMs: millis("The time within which they must lie.", 1000).default(60_000),
    openMs: millis("How long it stays open.").default(30_000),
    successes: wholeNumber("Successes in a row that close it.", { min: 1, max: 100 }).default(2),
    openGrowth: notYet("open times that grow", [2, 1]),
    countThrottling: notYet("breakers that count throttling", [false]),
  }).prefault({}),
  timeouts: section("How long the stages of a call may take.", {
    connectMs: notYet(
      "a connect time-out per model (providers.*.pool.connectMs is the one)",
      [3000],
    ),
    firstTokenMs: millis("To the first token of a stream.").default(10_000),
    betweenTokensMs: millis("Between two pieces of a stream.").default(30_000),
    attemptMs: millis("One attempt; `null`: only `totalMs` holds.").nullable().default(null),
    totalMs: millis("The call with all its attempts.").default(600_000),
  }).prefault({}),
  midStream: choice("When a provider dies in mid-answer.", ["error"], {
    continue: "answers continued by another target",
  }).default("error"),
  defaults: section("Sent when the client names none; `null` sends nothing.", {
    maxTokens: wholeNumber("The output cap; `null`: as much as the upstream model can give.", {
      min: 1,
      max: 100_000_000,
    })
      .nullable()
      .default(null),
    temperature: decimal("Sampling temperature.", { min: 0, max: 2 }).nullable().default(null),
    topP: decimal("Nucleus sampling.", { min: 0, max: 1 }).nullable().default(null),
  }).prefault({}),
};

const alias = section("A name with its targets.", {
  targets: z.array(target).min(1).max(32).describe("Where calls go."),
  balance: choice(
    "How one of the targets of a priority is chosen. With one each all mean the same.",
    ["round-robin", "weighted", "failover", "p2c", "least-busy", "cheapest"],
  ).default("round-robin"),
  ...trying,
});

const wildcard = section("Every name that matches; the client's name goes upstream unchanged.", {
  passThrough: section("Where calls go.", { provider: providerName }),
  price: choice("`required` refuses names without a price.", ["required"]).nullable().default(null),
  unpriced: choice("`allow` lets names without a price pass under a money budget too.", ["allow"])
    .nullable()
    .default(null),
  ...trying,
});

const modelName = name(
  "model",
  /^[A-Za-z0-9*][A-Za-z0-9*._:/@+-]{0,127}$/,
  "letters, digits and ._:/@+- (* in wildcards), at most 128",
);

export const models = z
  .record(modelName, z.union([alias, wildcard]))
  .describe("What clients may name. A name with `*` is a wildcard; the longest match wins.")
  .default({});
