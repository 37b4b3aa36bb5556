import { budgetStatuses } from "@sekisho/wire/budget-status.ts";
import { criticalities } from "@sekisho/wire/criticality.ts";
import { explainedSurfaces } from "@sekisho/wire/admin/explain.ts";
import { keyRoles, staffRoles } from "@sekisho/wire/admin/staff-roles.data.ts";
import type { Command, Option } from "./command.ts";
import { budgetCommands } from "./budget-commands.ts";
import { config, data, env, json, server, tenant } from "./command-options.ts";
import { costCommands } from "./cost-commands.ts";
import { ledgerCommands } from "./ledger-commands.ts";
import { splitCommands } from "./split-commands.ts";

/** Where and for how long a key is good. */
const keyLimits: readonly Option[] = [
  {
    name: "addresses",
    value: "LIST",
    about: "10.1.0.0/16,2001:db8::7: where it is good; none: any",
  },
  { name: "origins", value: "LIST", about: "https://shop.example: pages that may use it; none" },
  { name: "expires-in", value: "TIME", about: "how long it is good: 12h, 30d; never" },
];

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "start",
    summary: "start the server; without a configuration file, with simulated models",
    args: [],
    options: [
      { name: "port", value: "PORT", about: "listen here (SEKISHO_PORT, default 8080; 0 = any)" },
      {
        name: "host",
        value: "HOST",
        about: "of this address (SEKISHO_HOST, default loopback); another one needs --public",
      },
      {
        name: "admin-port",
        value: "PORT",
        about:
          "admin API and console have this one of loopback (SEKISHO_ADMIN_PORT, default: as port)",
      },
      data,
      config,
      env,
      {
        name: "processes",
        value: "N",
        about: "so many processes serve (SEKISHO_PROCESSES, default 1)",
      },
      {
        name: "public",
        value: null,
        about: "strangers may reach the listener: demo key and simulator are off (SEKISHO_PUBLIC)",
      },
      {
        name: "log-level",
        value: "LEVEL",
        about: "the least severe line of the log (SEKISHO_LOG_LEVEL, default info)",
        values: ["debug", "info", "warn", "error"],
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
      {
        name: "tenant",
        value: "NAME",
        about: "whom it is for; an admin key without one is for all of them",
      },
      { name: "team", value: "NAME", about: "a team of the tenant" },
      { name: "name", value: "TEXT", about: "free text to know it by" },
      { name: "models", value: "LIST", about: "models it may use, comma-separated (default *)" },
      { name: "surfaces", value: "LIST", about: "surfaces it may call (default *)" },
      { name: "request-budget", value: "NAME", about: "a budget that each of its calls must fit" },
      {
        name: "budget-status",
        value: "STATUS",
        about: "the HTTP status of refusals by budgets: 402 (default) or 429",
        values: budgetStatuses.map(String),
      },
      {
        name: "tag",
        value: "TEXT",
        about: "what its calls are marked with in the ledger; may stand several times",
        repeats: true,
      },
      {
        name: "stream-grace",
        value: "TIME",
        about: "its resumable answers run on for so long without a reader: 30s, at most 1h",
      },
      {
        name: "criticality",
        value: "CLASS",
        about: `the most its calls may claim under load: ${criticalities.join(", ")}`,
        values: criticalities,
      },
      {
        name: "role",
        value: "ROLE",
        about: `client (default), or for the admin API ${staffRoles.join(", ")}`,
        values: keyRoles,
      },
      ...keyLimits,
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
    name: "keys limit",
    summary: "say where and for how long a key is good",
    args: ["<id>"],
    options: [...keyLimits, ...server],
    load: async () => (await import("./keys.ts")).limitKey,
  },
  {
    name: "keys revoke",
    summary: "end a key for good, at once",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./keys.ts")).revokeKey,
  },
  {
    name: "whoami",
    summary: "say who you are to the server, and what you may do",
    args: [],
    options: server,
    load: async () => (await import("./whoami.ts")).whoami,
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
  ...budgetCommands,
  ...ledgerCommands,
  {
    name: "models",
    summary: "list the models that clients may name, with windows and prices, or show one",
    args: ["[name]"],
    options: server,
    load: async () => (await import("./models.ts")).showModels,
  },
  ...costCommands,
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
      { name: "message", value: "TEXT", about: 'what the user says first, such as "on sale?"' },
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
  ...splitCommands,
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
