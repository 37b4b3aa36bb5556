import { budgetScopes, budgetWindows } from "@sekisho/wire/admin/budget-change.ts";
import { budgetStatuses, usualBudgetStatus } from "@sekisho/wire/budget-status.ts";
import { clientSurfaces, maxStreamGraceMs } from "@sekisho/wire/admin/keys.ts";
import { criticalities, usualCriticality } from "@sekisho/wire/criticality.ts";
import { z } from "zod";
import { choice, decimal, identifier, section, text, wholeNumber } from "./leaf.ts";
import { addressList } from "./address-range.ts";
import { originList } from "./origin-list.ts";
import { secretText } from "./secret-text.ts";
import { tagList } from "./tag-list.ts";
import { usd } from "./usd.ts";

const key = section("A key of the file; more are made by command line and admin API.", {
  id: identifier("key").describe("The key's name; unique over all tenants."),
  secret: secretText,
  team: identifier("team").describe("A name under `teams`.").nullable().default(null),
  models: z
    .array(text("A model's name; `*` stands for any run of characters.", 128))
    .min(1)
    .max(1024)
    .describe("What the key may name.")
    .default(["*"]),
  surfaces: z
    .array(choice("A surface.", clientSurfaces))
    .min(1)
    .max(64)
    .describe("What the key may call.")
    .default(["*"]),
  criticality: choice(
    "The most that its calls may say of themselves; under load the lesser are refused first.",
    criticalities,
  ).default(usualCriticality),
  requestBudget: identifier("budget")
    .describe("A budget under `budgets` with the scope `request`: each call must fit it.")
    .nullable()
    .default(null),
  budgetStatus: z
    .literal([...budgetStatuses])
    .describe("The HTTP status of refusals by budgets: 402 or 429.")
    .default(usualBudgetStatus),
  tags: tagList("What its calls are marked with in the ledger."),
  streamGraceMs: wholeNumber(
    "As `streams.graceMs`, for resumable answers of this key; `null`: that one.",
    { min: 0, max: maxStreamGraceMs },
  )
    .nullable()
    .default(null),
  origins: originList("Pages that may use it in a browser, by their origins."),
  addresses: addressList("Addresses and ranges that its requests may come from; `[]`: any."),
});

const tokens = (what: string) =>
  wholeNumber(what, { min: 0, max: 1_000_000_000_000 }).nullable().default(null);

const budget = section("What may be spent: in money, in tokens, or in both; null is no limit.", {
  scope: choice(
    "Who has the budget, each its own; `request`: each call of the keys that name it.",
    budgetScopes,
  ),
  name: identifier("budget")
    .describe("Of a request's budget: keys name it as their `requestBudget`.")
    .nullable()
    .default(null),
  window: choice(
    "The UTC window in which it is spent; a session and a request have none.",
    budgetWindows,
  )
    .nullable()
    .default(null),
  usd: usd("US dollars.").nullable().default(null),
  inputTokens: tokens("Tokens of prompts, cached ones too."),
  outputTokens: tokens("Tokens of answers."),
  totalTokens: tokens("Tokens of prompt and answers together, of a request."),
  alerts: z
    .array(decimal("A share of each limit, from 0 to 1.", { min: 0.01, max: 1 }))
    .max(10)
    .describe("When to be told how much is spent: once in a window for each share.")
    .default([0.5, 0.8, 0.95, 1]),
});

const rate = section("How fast somebody may ask: null is no limit.", {
  scope: choice("Who has the rate, each its own.", [
    "tenant",
    "team",
    "key",
    "user",
    "connection",
    "model",
  ]),
  requestsPerSecond: decimal(
    "Requests a second over time; a key of which nothing is said has 100, and 200 at once.",
    { min: 0.001, max: 1_000_000 },
  )
    .nullable()
    .default(null),
  burst: wholeNumber("Requests at once.", { min: 1, max: 1_000_000 }).default(200),
  tokensPerMinute: wholeNumber("Tokens a minute of prompts and answers together, and at once.", {
    min: 1,
    max: 1_000_000_000,
  })
    .nullable()
    .default(null),
  concurrent: wholeNumber("Calls at once.", { min: 1, max: 1_000_000 }).nullable().default(null),
});

const tenant = section("An owner of keys.", {
  addresses: addressList(
    "Addresses and ranges that requests of its keys may come from; `[]`: any.",
  ),
  teams: z
    .record(identifier("team"), section("A team.", {}))
    .describe("Names that keys may bear; each is an empty map.")
    .default({}),
  keys: z.array(key).max(10_000).describe("Keys of the file.").default([]),
  budgets: z.array(budget).max(16).describe("Limits in money and tokens.").default([]),
  rates: z
    .array(rate)
    .max(16)
    .describe("Limits in requests, in tokens and in calls at once.")
    .default([]),
});

export const tenants = z
  .record(identifier("tenant"), tenant)
  .describe("Who uses the gateway, by a name of your choice.")
  .default({});
