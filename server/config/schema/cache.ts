import { choice, decimal, flag, section, text, wholeNumber } from "./leaf.ts";

const uses = ["off", "request", "always"] as const;
const scopes = ["tenant", "team", "key", "user"] as const;

const useText =
  "`request`: where the client says so in `x-sekisho-cache`; `always`: unless it does.";
const ttlText = "How long an answer is given again where nobody says otherwise; 0: not at all.";
const scopeText = "Whose requests may be given one another's answers.";
const temperatureText = "Do requests with another temperature say something else?";
const daySeconds = 86_400;

export const cache = section("Answers given again to requests that say the same.", {
  use: choice(useText, uses).default("request"),
  ttlSeconds: wholeNumber(ttlText, { min: 0, max: daySeconds }).default(300),
  scope: choice(scopeText, scopes).default("tenant"),
  byTemperature: flag(temperatureText).default(true),
  maxMb: wholeNumber("What kept answers may take on disk.", { min: 1, max: 65_536 }).default(256),
  memoryMb: wholeNumber("What they may take in the memory of each process.", {
    min: 1,
    max: 4_096,
  }).default(64),
  semantic: section("Words that mean the same; an alias asks for it in its own `cache`.", {
    model: text("The alias whose vectors tell; `null`: nobody is compared.", 128)
      .nullable()
      .default(null),
    threshold: decimal("The least cosine of two vectors.", { min: 0.5, max: 1 }).default(0.95),
    maxVectors: wholeNumber("How many questions are remembered in each process.", {
      min: 1,
      max: 100_000,
    }).default(10_000),
  }).prefault({}),
  maxAnswers: wholeNumber("How many are kept.", { min: 1, max: 10_000_000 }).default(100_000),
}).prefault({});

/** What is not said is as in `cache`. */
export const aliasCache = section("Its answers, given again; `null`: as in `cache`.", {
  use: choice(useText, uses).nullable().default(null),
  ttlSeconds: wholeNumber(ttlText, { min: 0, max: daySeconds }).nullable().default(null),
  scope: choice(scopeText, scopes).nullable().default(null),
  byTemperature: flag(temperatureText).nullable().default(null),
  semantic: flag("Are its answers given to words that mean the same (`cache.semantic`)?").default(
    false,
  ),
}).prefault({});
