import { criticalities } from "@sekisho/wire/criticality.ts";
import { explainedSurfaces } from "@sekisho/wire/admin/explain.ts";
import { usualBlend } from "@sekisho/wire/admin/plans.ts";
import { usageGroups, usageRanges } from "@sekisho/wire/admin/usage.ts";
import type { Command, Option } from "./command.ts";

const json: Option = { name: "json", value: null, about: "print JSON for scripts" };

const data: Option = {
  name: "data",
  value: "FOLDER",
  about: "data folder of the server (SEKISHO_DATA, default ./data)",
};

const config: Option = {
  name: "config",
  value: "FILE",
  about: "configuration file (SEKISHO_CONFIG, default ./sekisho.yaml if it exists)",
};

const env: Option = {
  name: "env",
  value: "ENV",
  about: "environment, which also names the overlay beside the file (SEKISHO_ENV, default dev)",
  values: ["dev", "staging", "prod"],
};

/** For commands that ask the running server. */
const server: readonly Option[] = [
  {
    name: "url",
    value: "URL",
    about: "admin API of the server (SEKISHO_URL, default from <data>/server.json)",
  },
  {
    name: "admin-key",
    value: "KEY",
    about: "admin key (SEKISHO_ADMIN_KEY, default from <data>/first-run.json)",
  },
  data,
  json,
];

/** What a request has, for what it costs. */
const tokens: readonly Option[] = [
  { name: "input", value: "TOKENS", about: "of the prompt, none of them cached (default 1000)" },
  { name: "output", value: "TOKENS", about: "of the answer (default 500)" },
  { name: "cache-read", value: "TOKENS", about: "read from the provider's cache" },
  { name: "cache-write", value: "TOKENS", about: "written to it for 5 minutes" },
  { name: "cache-write-1h", value: "TOKENS", about: "written to it for an hour" },
  { name: "batch", value: null, about: "at the discount of batches" },
  { name: "requests-per-day", value: "COUNT", about: "also what a day and a month cost" },
  { name: "days", value: "COUNT", about: "of a month (default 30)" },
];

const tenant: Option = { name: "tenant", value: "NAME", about: "only this tenant" };

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "start",
    summary: "start the server; without a configuration file, with simulated models",
    args: [],
    options: [
      { name: "port", value: "PORT", about: "listen here (SEKISHO_PORT, default 8080; 0 = any)" },
      data,
      config,
      env,
      {
        name: "public",
        value: null,
        about: "strangers may reach the listener: demo key and simulator are off",
      },
      { ...json, about: "print one JSON line on standard output when it serves" },
    ],
    load: async () => (await import("./start.ts")).startCommand,
  },
  {
    name: "keys list",
    summary: "list keys",
    args: [],
    options: [tenant, { name: "revoked", value: null, about: "revoked keys too" }, ...server],
    load: async () => (await import("./keys.ts")).listKeys,
  },
  {
    name: "keys create",
    summary: "make a key and print it, once",
    args: [],
    options: [
      { name: "tenant", value: "NAME", about: "whom it is for; needed for a client key" },
      { name: "team", value: "NAME", about: "a team of the tenant" },
      { name: "name", value: "TEXT", about: "free text to know it by" },
      { name: "models", value: "LIST", about: "models it may use, comma-separated (default *)" },
      { name: "surfaces", value: "LIST", about: "surfaces it may call (default *)" },
      { name: "request-budget", value: "NAME", about: "a budget that each of its calls must fit" },
      {
        name: "criticality",
        value: "CLASS",
        about: `the most its calls may claim under load: ${criticalities.join(", ")}`,
        values: criticalities,
      },
      {
        name: "role",
        value: "ROLE",
        about: "client (default) or admin",
        values: ["client", "admin"],
      },
      {
        name: "aws",
        value: null,
        about: "with an access key pair for SDKs of AWS, which sign their requests with it",
      },
      ...server,
    ],
    load: async () => (await import("./keys.ts")).createKey,
  },
  {
    name: "keys rotate",
    summary: "give a key a new secret; without an id, the keys of the first start",
    args: ["[id]"],
    options: [
      {
        name: "grace",
        value: "TIME",
        about: "how long the old one stays good (default 0): 10m, 1h",
      },
      ...server,
    ],
    load: async () => (await import("./rotate-keys.ts")).rotateKeys,
  },
  {
    name: "keys revoke",
    summary: "end a key for good, at once",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./keys.ts")).revokeKey,
  },
  {
    name: "config check",
    summary: "validate a configuration file, without a server",
    args: ["[file]"],
    options: [config, env, json],
    load: async () => (await import("./config.ts")).checkConfig,
  },
  {
    name: "config show",
    summary: "show the configuration that the server runs with, secrets as fingerprints",
    args: ["[path]"],
    options: [{ name: "origin", value: null, about: "where each value comes from" }, ...server],
    load: async () => (await import("./config.ts")).showConfig,
  },
  {
    name: "config set",
    summary: "change a value at run time: it is stored and wins over the file",
    args: ["<path>", "<value>"],
    options: server,
    load: async () => (await import("./config.ts")).setConfig,
  },
  {
    name: "config unset",
    summary: "drop a value set at run time",
    args: ["<path>"],
    options: server,
    load: async () => (await import("./config.ts")).unsetConfig,
  },
  {
    name: "config reload",
    summary: "have the server read its file again",
    args: [],
    options: server,
    load: async () => (await import("./config.ts")).reloadConfig,
  },
  {
    name: "config example",
    summary: "print a configuration file with every key and its default",
    args: [],
    options: [],
    load: async () => (await import("./config.ts")).printExample,
  },
  {
    name: "config schema",
    summary: "print the JSON Schema of the configuration file",
    args: [],
    options: [],
    load: async () => (await import("./config.ts")).printSchema,
  },
  {
    name: "budgets",
    summary: "show what tenants, teams and keys have spent of their budgets",
    args: [],
    options: [
      tenant,
      { name: "key", value: "ID", about: "only those that this key spends from" },
      { name: "user", value: "NAME", about: "also those of this user" },
      { name: "session", value: "NAME", about: "also those of this session" },
      ...server,
    ],
    load: async () => (await import("./budgets.ts")).showBudgets,
  },
  {
    name: "usage",
    summary: "show requests, tokens, money and latency",
    args: [],
    options: [
      tenant,
      { name: "team", value: "NAME", about: "only this team" },
      { name: "key", value: "ID", about: "only this key" },
      { name: "agent", value: "NAME", about: "only this agent" },
      {
        name: "range",
        value: "RANGE",
        about: `how far back: ${Object.keys(usageRanges).join(", ")} (default 24h)`,
        values: Object.keys(usageRanges),
      },
      {
        name: "group",
        value: "NAME",
        about: `split by ${usageGroups.join(", ")}`,
        values: usageGroups,
      },
      ...server,
    ],
    load: async () => (await import("./usage.ts")).showUsage,
  },
  {
    name: "models",
    summary: "list the models that clients may name, with windows and prices, or show one",
    args: ["[name]"],
    options: server,
    load: async () => (await import("./models.ts")).showModels,
  },
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
    name: "plan",
    summary: "say what a load costs, and what it asks of quotas and machines",
    args: [],
    options: [
      { name: "messages-per-day", value: "COUNT", about: "the load; needed" },
      {
        name: "blend",
        value: "LIST",
        about: `models as NAME:PERCENT:INPUT:OUTPUT (default ${usualBlend.join(",")})`,
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
  {
    name: "explain",
    summary: "say where a call of this model would go, and why, without sending it",
    args: ["<model>"],
    options: [
      {
        name: "surface",
        value: "NAME",
        about: `the client's surface, such as anthropic.messages (default ${explainedSurfaces[0]})`,
        values: explainedSurfaces,
      },
      { name: "file", value: "FILE", about: "the client's own request body; - reads it here" },
      { name: "header", value: "TEXT", about: "a header of the client's: anthropic-beta=NAME" },
      { name: "key", value: "ID", about: "as if this key asked: what it may do, rate, budget" },
      { name: "tenant", value: "NAME", about: "as if a new key of this tenant asked" },
      ...server,
    ],
    load: async () => (await import("./explain.ts")).explain,
  },
  {
    name: "circuits",
    summary: "list circuits: of regions, of credentials, of targets",
    args: [],
    options: server,
    load: async () => (await import("./circuits.ts")).listCircuits,
  },
  {
    name: "circuits force-open",
    summary: "hold a circuit open, or all of them: '*'",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./circuits.ts")).forceOpen,
  },
  {
    name: "circuits force-close",
    summary: "hold a circuit closed, whatever happens behind it",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./circuits.ts")).forceClose,
  },
  {
    name: "circuits reset",
    summary: "close a circuit and forget its failures and what held it",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./circuits.ts")).resetCircuit,
  },
  {
    name: "drain",
    summary: "take a region or a provider out of use; what runs there runs on",
    args: ["<name>"],
    options: server,
    load: async () => (await import("./drain.ts")).drain,
  },
  {
    name: "undrain",
    summary: "use a region or a provider again",
    args: ["<name>"],
    options: server,
    load: async () => (await import("./drain.ts")).undrain,
  },
  {
    name: "doctor",
    summary: "check machine, configuration and server, and say what to do",
    args: [],
    options: [
      {
        name: "port",
        value: "PORT",
        about: "port the server will take (SEKISHO_PORT, default 8080)",
      },
      config,
      env,
      data,
      json,
    ],
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "completion",
    summary: "print a completion script for a shell",
    args: ["<bash|zsh>"],
    options: [],
    load: async () => (await import("./completion.ts")).completion,
  },
  {
    name: "help",
    summary: "show this help, or that of a command",
    args: ["[command]", "[word]"],
    options: [],
    load: async () => (await import("./help.ts")).help,
  },
];
