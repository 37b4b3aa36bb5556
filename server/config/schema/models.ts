import { z } from "zod";
import { balance } from "./balance.ts";
import { aliasCache } from "./cache.ts";
import { byComplexity } from "./complexity.ts";
import {
  choice,
  decimal,
  flag,
  identifier,
  millis,
  name,
  section,
  text,
  wholeNumber,
} from "./leaf.ts";
import { notYet } from "./not-yet.ts";
import { upstreamModel } from "./providers.ts";
import { bySplit } from "./split.ts";

const providerName = identifier("provider").describe("A name under `providers`.");

const target = section("One place a call can go, under each of the provider's credentials.", {
  provider: providerName,
  model: upstreamModel,
  credential: identifier("credential")
    .describe("Only this one of the provider's credentials; `null`: each of them is a target.")
    .nullable()
    .default(null),
  weight: wholeNumber("The share of calls, for the balancer `weighted`.", {
    min: 1,
    max: 1000,
  }).default(1),
  continues: choice("How it goes on with an answer that broke off; `auto`: by its name.", [
    "auto",
    "prefill",
    "turn",
    "never",
  ]).default("auto"),
  priority: wholeNumber("Lower is tried first; `balance` chooses among equals.", {
    min: 0,
    max: 1000,
  }).default(0),
});

const attempts = section("How often a call is tried.", {
  max: wholeNumber("Attempts in all, the first included.", { min: 1, max: 10 }).default(3),
  backoffMs: millis("The first wait before the same target is tried again.", 0).default(1000),
  backoffMaxMs: millis("The longest wait between attempts.", 0).default(10_000),
}).prefault({});

const panicBelow = decimal(
  "Below this healthy share of the weight critical calls go to open circuits too; `null`: never.",
  { min: 0.01, max: 1 },
)
  .nullable()
  .default(null);

const hedge = section("A second attempt beside a stream whose first token is late.", {
  enabled: flag("Are second attempts sent?").default(false),
  requestShare: decimal("At most this share of the streams have one …", {
    min: 0.001,
    max: 0.05,
  }).default(0.05),
  spendShare: decimal("… and they cost in vain at most this share of what calls cost.", {
    min: 0,
    max: 0.05,
  }).default(0.05),
  paysUnanswered: flag(
    "Do providers bill the prompt of a call that is closed before its first token?",
  ).default(true),
}).prefault({});

const midStream = choice(
  "When a provider dies in mid-answer: `request` lets the client say (`x-sekisho-mid-stream`).",
  ["error", "continue", "request"],
).default("error");

const history = choice(
  "No room for the prompt: `dropOldest` leaves out the oldest turns, `summarise` sends a summary.",
  ["refuse", "dropOldest", "summarise"],
).default("refuse");

const summary = section("Who summarises the oldest turns with `history: summarise`.", {
  model: text("The name of an alias with targets, or of a chain.", 128).default("fast"),
  maxTokens: wholeNumber("No summary is longer.", { min: 64, max: 8192 }).default(512),
  timeoutMs: millis("How long a call waits for one, and half of its time at most.").default(10_000),
}).prefault({});

/** How a call is tried: the same for aliases and wildcards. */
const trying = {
  attempts,
  breaker: section("When a failing target is rested.", {
    failures: wholeNumber("So many failures open it, or so many in a row on a quiet target …", {
      min: 1,
      max: 1000,
    }).default(5),
    failureShare: decimal("… when they are this share of the calls …", { min: 0, max: 1 }).default(
      0.5,
    ),
    burstWindowMs: millis("… of the last burst, this long …", 1000).default(3000),
    windowMs: millis("… or of this longer time.", 1000).default(60_000),
    openMs: millis("How long it stays open at first.").default(30_000),
    openMaxMs: millis("The longest that it stays open.").default(600_000),
    openGrowth: decimal("Each failed probe makes the open time longer by this factor.", {
      min: 1,
      max: 10,
    }).default(2),
    successes: wholeNumber("Successful probes in a row that close it.", {
      min: 1,
      max: 100,
    }).default(2),
    countThrottling: flag("Does a 429 count as a failure?").default(false),
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
  panicBelow,
  midStream,
  history,
  summary,
  cache: aliasCache,
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

const mixedVectors = flag(
  "May its calls get vectors of several models? They do not compare.",
).default(false);

const alias = section("A name with its targets.", {
  targets: z.array(target).min(1).max(32).describe("Where calls go."),
  balance: balance.default("round-robin"),
  mixedVectors,
  hedge,
  ...trying,
});

const chain = section("Aliases that are fallen back on one after the other.", {
  chain: z
    .array(text("The name of an alias with targets, or of a chain.", 128))
    .min(2, "needs at least 2 aliases")
    .max(16)
    .describe("Each one keeps its own time-outs, breakers and defaults."),
  mixedVectors,
  attempts,
  panicBelow,
  hedge,
  midStream,
  history,
  summary,
  cache: aliasCache,
  timeouts: section("How long a call may take.", {
    totalMs: millis("The call with all its attempts.").default(600_000),
  }).prefault({}),
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
  .record(modelName, z.union([alias, chain, byComplexity, bySplit, wildcard]))
  .describe("What clients may name. A name with `*` is a wildcard; the longest match wins.")
  .default({});
