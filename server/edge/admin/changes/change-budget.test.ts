import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetChanged } from "@sekisho/wire/admin/budget-change.ts";
import type { AuditEntry } from "../../../audit/audit-entry.ts";
import { rememberingTrail } from "../../../audit/trail-fixture.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminRequest } from "../admin-request.ts";
import { postBudget } from "../budgets.ts";
import { runTimeOf } from "../run-time-fixture.ts";

const configFile = {
  tenants: {
    acme: {
      budgets: [
        { scope: "tenant", window: "month", usd: 1000 },
        { scope: "team", window: "day", usd: 20 },
        { scope: "team", window: "month", usd: 400, inputTokens: 5000 },
        { scope: "request", name: "chat", totalTokens: 5024 },
      ],
    },
    bare: {},
    daily: {
      budgets: [
        { scope: "tenant", window: "month", usd: 1 },
        { scope: "team", window: "day", usd: 1 },
      ],
    },
    sole: { budgets: [{ scope: "tenant", window: "month", usd: 1 }] },
  },
};

const makeScene = () => {
  const config = runTimeOf(configFile);
  const audited: AuditEntry[] = [];
  const context = { config, audit: rememberingTrail(audited) } as unknown as AdminContext;
  const change = async (body: object): Promise<BudgetChanged> => {
    const bytes = Buffer.from(JSON.stringify({ tenant: "acme", ...body }));
    const exchange = { body: () => Promise.resolve(bytes) };
    const request = { exchange, requestId: "req_1", by: "key_1" } as unknown as AdminRequest;
    return (await postBudget(request, context)).body as BudgetChanged;
  };
  const usd = () => config.config.tenants["acme"]?.budgets.map((each) => each.usd);
  return { config, audited, change, usd };
};

const byDay = { scope: "team", window: "day" };

test("MON-6 one budget is changed, the others stay, and the answer has both", async () => {
  const { change, usd, audited } = makeScene();
  const changed = await change({ ...byDay, limits: { usd: 50 } });
  const limits = { inputTokens: null, outputTokens: null, totalTokens: null };
  const alerts = [0.5, 0.8, 0.95, 1];
  assert.deepEqual(changed, {
    tenant: "acme",
    ...byDay,
    name: null,
    before: { usd: 20, ...limits, alerts },
    after: { usd: 50, ...limits, alerts },
    isRunTime: true,
  });
  assert.deepEqual(usd(), [1000, 50, 400, null]);
  const [entry] = audited;
  assert.deepEqual([entry?.event, entry?.object], ["admin.config.set", "tenants.acme.budgets"]);
});

test("MON-6 a limit is dropped by null, a budget added and removed", async () => {
  const { change, usd, config } = makeScene();
  const month = await change({ scope: "team", window: "month", limits: { usd: null } });
  const { before, after } = month;
  assert.deepEqual([before?.usd, after?.usd, after?.inputTokens], [400, null, 5000]);
  const user = { scope: "user", window: "day" };
  const added = await change({ ...user, action: "add", limits: { usd: 5 } });
  assert.deepEqual([added.before, added.after?.usd], [null, 5]);
  const removed = await change({ ...user, action: "remove" });
  assert.deepEqual([removed.before?.usd, removed.after], [5, null]);
  assert.deepEqual(usd(), [1000, 20, null, null]);
  assert.equal(config.config.tenants["acme"]?.budgets.length, 4);
});

test("CFG-3 what the file says is the file's again, what holds already no change", async () => {
  const { change, audited } = makeScene();
  assert.equal((await change({ ...byDay, limits: { usd: 20 } })).isRunTime, false);
  assert.deepEqual(audited, []);
  assert.equal((await change({ ...byDay, limits: { usd: 50 } })).isRunTime, true);
  assert.equal((await change({ ...byDay, limits: { usd: 20 } })).isRunTime, false);
  assert.equal(audited.length, 2);
});

test("MON-6 changes made at once take nothing of one another back", async () => {
  const { change, usd } = makeScene();
  const all = [
    { scope: "tenant", limits: { usd: 2000 } },
    { ...byDay, limits: { usd: 50 } },
    { scope: "team", window: "month", limits: { usd: 800 } },
    { ...byDay, limits: { inputTokens: 7 } },
  ];
  const answers = await Promise.all(all.map(change));
  assert.deepEqual(usd(), [2000, 50, 800, null]);
  assert.equal(answers[3]?.before?.usd, 50, "the later one saw what the earlier one made");
});

const refused: readonly (readonly [body: object, code: string, why: RegExp])[] = [
  [{ scope: "team", limits: { usd: 1 } }, "invalid_value", /team by day, team by month; name/],
  [
    { scope: "user", window: "day", limits: { usd: 1 } },
    "not_found",
    /none of user by day; the nearest is team by day; budgets of acme: tenant by month, team by /,
  ],
  [
    { tenant: "daily", scope: "team", window: "month", limits: { usd: 1 } },
    "not_found",
    /the nearest is team by day; budgets of daily: tenant by month, team by day$/,
  ],
  [{ scope: "team", name: "research", limits: { usd: 1 } }, "not_found", /none of team "research"/],
  [{ scope: "request", name: "cat", limits: { usd: 1 } }, "not_found", /nearest is request "chat"/],
  [{ tenant: "acne", ...byDay, limits: { usd: 1 } }, "not_found", /the nearest is "acme"/],
  [{ tenant: "__proto__", ...byDay, limits: { usd: 1 } }, "not_found", /there is none/],
  [{ tenant: "sole", ...byDay, limits: { usd: 1 } }, "not_found", /by month, the only one$/],
  [{ tenant: "bare", ...byDay, limits: { usd: 1 } }, "not_found", /it has none/],
  [{ ...byDay, action: "add", limits: { usd: 1 } }, "conflict", /one of team by day already/],
  [{ ...byDay, limits: {} }, "invalid_value", /no limit is named/],
  [{ ...byDay, action: "remove", limits: { usd: 1 } }, "invalid_value", /has no limits/],
  [{ ...byDay, limits: { usd: -1 } }, "invalid_value", /tenants\.acme\.budgets\[1\]\.usd/],
  [{ ...byDay, limits: { usd: null } }, "invalid_value", /budgets\[1\] limits nothing/],
  [{ ...byDay, limits: { scope: "user" } }, "invalid_value", /scope is no field; known: usd/],
  [{ scope: "teem", limits: { usd: 1 } }, "invalid_value", /scope must be one of tenant/],
  [{ limits: { usd: 1 } }, "missing_field", /scope is missing/],
];

for (const [body, code, message] of refused) {
  test(`MON-6 ${JSON.stringify(body)} is refused, and nothing changes`, async () => {
    const { change, usd, audited } = makeScene();
    await assert.rejects(change(body), { code, message });
    assert.deepEqual([usd(), audited], [[1000, 20, 400, null], []]);
  });
}
