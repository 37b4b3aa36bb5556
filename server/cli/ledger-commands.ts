import { ledgerFormats, ledgerViews } from "@sekisho/wire/admin/ledger.ts";
import { rowRanges, usageGroups, usageRanges } from "@sekisho/wire/admin/usage.ts";
import type { Command } from "./command.ts";
import { range, server, tenant } from "./command-options.ts";

/** Totals have no names of people: those could not be erased. */
const noTotalsOf = (name: string): string =>
  `totals have no ${name}s, "sekisho usage export --${name} NAME" has the calls of one`;

/** What asks the ledger and the audit log. */
export const ledgerCommands: readonly Command[] = [
  {
    name: "usage",
    summary: "show requests, tokens, money and latency",
    args: [],
    options: [
      tenant,
      { name: "team", value: "NAME", about: "only this team" },
      { name: "key", value: "ID", about: "only this key" },
      { name: "agent", value: "NAME", about: "only this agent" },
      range(usageRanges, "24h"),
      {
        name: "group",
        value: "NAME",
        about: `split by ${usageGroups.join(", ")}`,
        values: usageGroups,
        instead: { user: noTotalsOf("user"), session: noTotalsOf("session") },
      },
      ...server,
    ],
    load: async () => (await import("./usage.ts")).showUsage,
  },
  {
    name: "usage export",
    summary: "print single calls, the newest first, as CSV or JSON lines",
    args: [],
    options: [
      tenant,
      { name: "key", value: "ID", about: "only this key" },
      { name: "user", value: "NAME", about: "only this user" },
      { name: "session", value: "NAME", about: "only this session" },
      { name: "tag", value: "TEXT", about: "only calls of keys that had this tag" },
      range(rowRanges, "24h"),
      {
        name: "view",
        value: "NAME",
        about: "operator (default): attempts too, not to be added to calls; tenant: calls alone",
        values: ledgerViews,
      },
      {
        name: "format",
        value: "NAME",
        about: "csv (default) or jsonl, JSON lines",
        values: ledgerFormats,
      },
      ...server.filter(({ name }) => name !== "json"),
    ],
    load: async () => (await import("./usage-export.ts")).exportUsage,
  },
  {
    name: "ledger show",
    summary: "show one call by an id of its answer: who, where, tokens, cost, each attempt",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./ledger-call.ts")).showCall,
  },
  {
    name: "erase",
    summary: "put a pseudonym in the place of a user's or a session's name",
    args: [],
    options: [
      { ...tenant, about: "whose user it is; needed" },
      { name: "user", value: "NAME", about: "the user, and the sessions of their calls" },
      { name: "session", value: "NAME", about: "a session instead" },
      ...server,
    ],
    load: async () => (await import("./erase.ts")).eraseNames,
  },
  {
    name: "cache status",
    summary: "show what answers that are given again take, and what they save",
    args: [],
    options: [tenant, range(usageRanges, "24h"), ...server],
    load: async () => (await import("./cache.ts")).showCache,
  },
  {
    name: "cache purge",
    summary: "throw kept answers away: those that all of this is said of",
    args: [],
    options: [
      { ...tenant, about: "only those of this tenant" },
      { name: "alias", value: "NAME", about: "only those of this model" },
      { name: "key", value: "ID", about: "only those that this key has asked for" },
      { name: "answer", value: "DIGITS", about: "one answer: its x-sekisho-cache-key" },
      { name: "all", value: null, about: "every answer" },
      ...server,
    ],
    load: async () => (await import("./cache.ts")).purgeCache,
  },
  {
    name: "idempotency",
    summary: "list which idempotency keys stand for which calls, the newest first",
    args: [],
    options: [
      tenant,
      { name: "name", value: "KEY", about: "only this Idempotency-Key" },
      { name: "limit", value: "COUNT", about: "rows of a page (default 100, at most 1000)" },
      { name: "after", value: "ID", about: "go on behind a page" },
      ...server,
    ],
    load: async () => (await import("./idempotency.ts")).listClaims,
  },
  {
    name: "idempotency show",
    summary: "show the key that stands for a call",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./idempotency.ts")).showClaim,
  },
  {
    name: "idempotency forget",
    summary: "forget it: the next request with that key is a new call",
    args: ["<id>"],
    options: server,
    load: async () => (await import("./idempotency.ts")).forgetClaim,
  },
  {
    name: "audit",
    summary: "show what administrators changed, the newest first",
    args: [],
    options: [
      { name: "event", value: "NAME", about: "only this kind of change: admin.key.created" },
      { name: "object", value: "ID", about: "only what was done to this key, path, circuit …" },
      { name: "by", value: "ID", about: "only what this admin key did" },
      range(rowRanges, "all"),
      { name: "limit", value: "COUNT", about: "rows of a page (default 100, at most 1000)" },
      { name: "after", value: "PLACE", about: "go on behind a page" },
      ...server,
    ],
    load: async () => (await import("./audit.ts")).showAudit,
  },
  {
    name: "audit verify",
    summary: "walk the chain of changes, or of calls, and name the first row that does not fit",
    args: [],
    options: [
      { name: "ledger", value: null, about: "the calls of the ledger instead" },
      { name: "day", value: "DAY", about: "only this day of it: 2026-01-31, or open" },
      ...server,
    ],
    load: async () => (await import("./audit.ts")).verifyAudit,
  },
];
