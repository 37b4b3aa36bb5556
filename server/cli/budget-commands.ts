import { alertScopes } from "@sekisho/wire/admin/alerts.ts";
import { budgetScopes, budgetWindows } from "@sekisho/wire/admin/budget-change.ts";
import { rowRanges } from "@sekisho/wire/admin/usage.ts";
import type { Command } from "./command.ts";
import { range, server, tenant } from "./command-options.ts";

/** What asks for budgets, and changes them. */
export const budgetCommands: readonly Command[] = [
  {
    name: "budgets",
    summary: "show what tenants, teams and keys have spent of their budgets",
    args: [],
    options: [
      tenant,
      { name: "key", value: "ID", about: "only those that this key spends from" },
      { name: "user", value: "NAME", about: "also those of this user" },
      { name: "rule", value: "NAME", about: "also those of this rule" },
      { name: "session", value: "NAME", about: "also those of this session" },
      ...server,
    ],
    load: async () => (await import("./budgets.ts")).showBudgets,
  },
  {
    name: "budgets set",
    summary: "change one budget of a tenant at run time, and leave the others as they are",
    args: [],
    options: [
      { ...tenant, about: "whose budget it is" },
      {
        name: "scope",
        value: "SCOPE",
        about: `who spends from it: ${budgetScopes.join(", ")}`,
        values: budgetScopes,
      },
      {
        name: "window",
        value: "WINDOW",
        about: "day or month, where the scope has a budget of both",
        values: budgetWindows,
      },
      { name: "name", value: "NAME", about: "of a request's budget" },
      { name: "usd", value: "USD", about: "50, 0.25, 1,234.50; none: no limit in money" },
      { name: "input-tokens", value: "COUNT", about: "tokens of prompts: 500,000; none" },
      { name: "output-tokens", value: "COUNT", about: "tokens of answers; none" },
      { name: "total-tokens", value: "COUNT", about: "of both together, of a request; none" },
      { name: "alerts", value: "LIST", about: "shares at which to be told: 0.8,1; none" },
      {
        name: "new",
        value: null,
        about: "there is no such budget yet: add it, with nothing spent",
      },
      { name: "remove", value: null, about: "take it away with all its limits" },
      ...server,
    ],
    load: async () => (await import("./set-budget.ts")).setBudget,
  },
  {
    name: "alerts",
    summary: "show what was told of budgets, the newest first",
    args: [],
    options: [
      tenant,
      { name: "scope", value: "SCOPE", about: "only accounts of this scope", values: alertScopes },
      range(rowRanges, "7d"),
      { name: "limit", value: "COUNT", about: "alerts of a page (default 100, at most 1000)" },
      { name: "after", value: "PLACE", about: "go on behind a page" },
      ...server,
    ],
    load: async () => (await import("./alerts.ts")).showAlerts,
  },
];
