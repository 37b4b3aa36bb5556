import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetList } from "@sekisho/wire/admin/budgets.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminRequest } from "../admin-request.ts";
import { getBudgets } from "../budgets.ts";
import { configuredBudgets } from "./configured-budgets.ts";
import { runTimeOf } from "../run-time-fixture.ts";

const budgets = [
  { scope: "tenant", window: "month", usd: 1000 },
  { scope: "user", window: "day", usd: 5, outputTokens: 900 },
  { scope: "user", window: "month", usd: 50 },
  { scope: "request", name: "chat", totalTokens: 5024 },
];
const config = runTimeOf({ tenants: { acme: { budgets }, other: { budgets }, bare: {} } });

const titles = (list: BudgetList["configured"]): string[] =>
  list.map(({ tenant, scope, window, name }) => [tenant, scope, window, name].join(" "));

const acme = ["acme tenant month ", "acme user day ", "acme user month ", "acme request  chat"];

test("MON-6 limits of a tenant without a key are those of the configuration", () => {
  const found = configuredBudgets(config.config, "acme", []);
  assert.deepEqual(titles(found), acme);
  const { usd, inputTokens, outputTokens, totalTokens } = found[1]?.limits ?? assert.fail();
  assert.deepEqual([usd, inputTokens, outputTokens, totalTokens], [5, null, 900, null]);
  assert.deepEqual(configuredBudgets(config.config, "bare", []), []);
  assert.deepEqual(configuredBudgets(config.config, "gone", []), []);
  assert.equal(configuredBudgets(config.config, null, []).length, 8);
});

test("MON-6 a limit that an account shows is not told twice, one of another window is", () => {
  const held = [
    { tenant: "acme", limit: { scope: "user", window: "day" } },
    { tenant: "other", limit: { scope: "tenant", window: "month" } },
  ] as const;
  const rest = acme.filter((title) => title !== "acme user day ");
  assert.deepEqual(titles(configuredBudgets(config.config, "acme", held)), rest);
});

test("MON-6 who is bound to a tenant is told its limits alone, of a key none", async () => {
  const known = { grant: { tenant: "acme" } };
  const keyring = { clients: () => [], find: () => known, named: () => ({ tenant: "acme" }) };
  const context = { config, keyring, budgets: { booksOf: () => [] } } as unknown as AdminContext;
  const ask = async (query: string): Promise<BudgetList> => {
    const staff = { role: "viewer", tenant: "acme" };
    const request = { exchange: { head: { query } }, staff } as unknown as AdminRequest;
    return (await getBudgets(request, context)).body as BudgetList;
  };
  const list = await ask("");
  assert.deepEqual([list.budgets, titles(list.configured), list.more], [[], acme, 0]);
  assert.deepEqual((await ask("key=key_1")).configured, []);
  await assert.rejects(ask("tenant=other"), { code: "not_found" });
});
