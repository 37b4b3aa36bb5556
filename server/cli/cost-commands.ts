import { usualBlend } from "@sekisho/wire/admin/plans.ts";
import { usualSimpleCall } from "@sekisho/wire/admin/savings.ts";
import { usageRanges } from "@sekisho/wire/admin/usage.ts";
import type { Command, Option } from "./command.ts";
import { range, server, tenant } from "./command-options.ts";

/** What a request has, for what it costs. */
const tokens: readonly Option[] = [
  { name: "input", value: "TOKENS", about: "of the prompt, none of them cached (default 1000)" },
  { name: "output", value: "TOKENS", about: "of the answer (default 500)" },
  { name: "cache-read", value: "TOKENS", about: "read from the provider's cache" },
  { name: "cache-write", value: "TOKENS", about: "written to it for 5 minutes" },
  { name: "cache-write-1h", value: "TOKENS", about: "written to it for an hour" },
  { name: "images", value: "COUNT", about: "of the prompt, where a price charges each" },
  { name: "batch", value: null, about: "at the discount of batches" },
  { name: "requests-per-day", value: "COUNT", about: "also what a day and a month cost" },
  { name: "days", value: "COUNT", about: "of a month (default 30)" },
];

/** What says what calls cost, or have cost too much. */
export const costCommands: readonly Command[] = [
  {
    name: "cost",
    summary: "say what a request with this model costs",
    args: ["<model>"],
    options: [...tokens, ...server],
    load: async () => (await import("./cost.ts")).showCost,
  },
  {
    name: "cost compare",
    summary: "say what the same request costs with each model, the cheapest first",
    args: ["[models...]"],
    options: [...tokens, ...server],
    load: async () => (await import("./cost.ts")).compareCosts,
  },
  {
    name: "cost cheapest",
    summary: "say with which model a request costs least",
    args: ["[models...]"],
    options: [...tokens, ...server],
    load: async () => (await import("./cost.ts")).cheapestCost,
  },
  {
    name: "cost savings",
    summary: "say which calls of late would have cost less with another model",
    args: [],
    options: [
      tenant,
      range(usageRanges, "7d"),
      { name: "to", value: "MODEL", about: "where they are to go (default: the cheapest)" },
      {
        name: "input",
        value: "TOKENS",
        about: `the longest prompt of a simple call (default ${usualSimpleCall.inputTokens})`,
      },
      {
        name: "output",
        value: "TOKENS",
        about: `the longest answer of a simple call (default ${usualSimpleCall.outputTokens})`,
      },
      ...server,
    ],
    load: async () => (await import("./cost-savings.ts")).showSavings,
  },
  {
    name: "plan",
    summary: "say what a load costs, and what it asks of quotas and machines",
    args: [],
    options: [
      { name: "messages-per-day", value: "COUNT", about: "the load; needed" },
      {
        name: "blend",
        value: "LIST",
        about: `NAME:PERCENT:INPUT:OUTPUT of each model (default ${usualBlend[0]},…)`,
      },
      { name: "free-input", value: "TOKENS", about: "a prompt that nobody limits (default 5000)" },
      {
        name: "free-output",
        value: "TOKENS",
        about: "an answer that nobody limits (default 2000)",
      },
      { name: "cache-percent", value: "COUNT", about: "answers out of a cache (default 0)" },
      {
        name: "peak-percent",
        value: "COUNT",
        about: "the busiest second (default 300, of average)",
      },
      { name: "answer-ms", value: "MS", about: "how long an answer takes (default 2330)" },
      { name: "quota", value: "TOKENS", about: "tokens a minute that the providers allow" },
      { name: "calls-per-replica", value: "COUNT", about: "a second (default 1000)" },
      { name: "days", value: "COUNT", about: "to project over (default 30)" },
      ...server,
    ],
    load: async () => (await import("./plan.ts")).showPlan,
  },
];
