import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertQuery, PlacedEvent } from "@sekisho/gateway/budget/budget-store.ts";
import type { AlertPage } from "@sekisho/wire/admin/alerts.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { assertProblem, makeApi, type Answer } from "./admin-api-harness.ts";

const event = (more: Partial<PlacedEvent> = {}): PlacedEvent => ({
  place: 7,
  id: "01k9zz00000000000000000000",
  atMs: Date.UTC(2026, 10, 21, 12),
  tenant: "acme",
  scope: "user",
  account: "user:acme/anna%40example.com:day",
  window: "day",
  windowStartMs: Date.UTC(2026, 10, 21),
  measure: "nanoUsd",
  passed: 0.8,
  limit: 3_000,
  used: 2_400,
  code: null,
  ...more,
});

/** An API that knows these alerts, and what it asked the books for. */
const makeBooks = (events: readonly PlacedEvent[]) => {
  const asked: AlertQuery[] = [];
  const api = makeApi({
    alerts: (query) => {
      asked.push(query);
      return events.slice(0, query.limit);
    },
  });
  return { ...api, asked };
};

const pageOf = (answer: Answer): AlertPage => {
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as AlertPage; // ours
};

test("MON-12 an alert is shown with its account, its window and what told it", async () => {
  const session = { scope: "session", account: "session:acme/s", window: null } as const;
  const { ask } = makeBooks([
    event(),
    event({ passed: null, used: 1_000, code: "budget_exhausted" }),
    event({ ...session, windowStartMs: 0, measure: "outputTokens" }),
    event({ passed: null, limit: 0, used: 0, code: "request_exceeds_budget" }),
  ]);
  const { alerts, next } = pageOf(await ask("GET", "/admin/alerts"));
  assert.equal(next, null);
  assert.deepEqual(alerts[0], {
    id: "evt_01k9zz00000000000000000000",
    tenant: "acme",
    scope: "user",
    account: "user:acme/anna%40example.com:day",
    window: "day",
    measure: "cost",
    share: 0.8,
    limit: 3_000,
    used: 2_400,
    code: null,
    time: "2026-11-21T12:00:00.000Z",
    windowStart: "2026-11-21T00:00:00.000Z",
  });
  assert.deepEqual(
    alerts.map(({ measure, share, windowStart, code }) => [measure, share, windowStart, code]),
    [
      ["cost", 0.8, "2026-11-21T00:00:00.000Z", null],
      ["cost", 0.3333, "2026-11-21T00:00:00.000Z", "budget_exhausted"],
      ["outputTokens", 0.8, null, null],
      ["cost", 1, "2026-11-21T00:00:00.000Z", "request_exceeds_budget"],
    ],
  );
});

test("MON-12 it is asked for by tenant, scope, range and page", async () => {
  const { ask, asked, clock } = makeBooks([event({ place: 9 }), event({ place: 4 })]);
  const nowMs = clock.wallMs();
  assert.deepEqual(pageOf(await ask("GET", "/admin/alerts")).next, null);
  const query = "tenant=acme&scope=user&range=24h&after=12&limit=1";
  const { alerts, next } = pageOf(await ask("GET", `/admin/alerts?${query}`));
  assert.deepEqual([alerts.length, next], [1, "9"]);
  const day = 86_400_000;
  const usual = { tenant: null, scope: null, untilMs: null, after: null, limit: 101 };
  assert.deepEqual(asked, [
    { ...usual, sinceMs: nowMs - 7 * day },
    { ...usual, tenant: "acme", scope: "user", sinceMs: nowMs - day, after: 12, limit: 2 },
  ]);
  for (const wrong of [
    "scope=request",
    "scope=",
    "range=2h",
    "range=2026-13",
    "after=x",
    "after=0",
    "limit=0",
    "limit=1001",
    "limit=1&limit=2",
    "tenant=",
    "user=anna",
  ]) {
    assertProblem(await ask("GET", `/admin/alerts?${wrong}`), 400, "invalid_value");
  }
  assert.equal(asked.length, 2);
});

test("SEC-8 who is bound to a tenant sees its alerts alone", async () => {
  const { ask, asked } = makeBooks([]);
  const body = { role: "viewer", tenant: "acme" };
  const made = await ask("POST", "/admin/keys", { body });
  const { secret: key } = JSON.parse(made.text) as KeyWithSecret; // ours
  for (const path of ["/admin/alerts", "/admin/alerts?tenant=acme"]) {
    pageOf(await ask("GET", path, { key }));
  }
  assert.deepEqual(
    asked.map(({ tenant }) => tenant),
    ["acme", "acme"],
  );
  for (const other of ["demo", "nobody"]) {
    const answer = await ask("GET", `/admin/alerts?tenant=${other}`, { key });
    assertProblem(answer, 404, "not_found");
  }
  assert.equal(asked.length, 2);
});
