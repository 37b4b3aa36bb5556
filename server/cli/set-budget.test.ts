import assert from "node:assert/strict";
import { test } from "node:test";
import type { BudgetChanged } from "@sekisho/wire/admin/budget-change.ts";
import { serveAnswer } from "./answer-fixture.ts";

const rest = { inputTokens: null, outputTokens: null, totalTokens: null };
const changed: BudgetChanged = {
  tenant: "acme",
  scope: "team",
  window: "day",
  name: null,
  before: { usd: 20, ...rest, alerts: [0.8, 1] },
  after: { usd: 1500.5, ...rest, inputTokens: 500_000, alerts: [0.8, 1] },
  isRunTime: true,
};

/** What the second request is answered with as well: which accounts there are. */
const accounts = (...budgets: readonly object[]) => ({ ...changed, budgets });

const line = ["budgets", "set", "--tenant", "acme", "--scope", "team"];

test("MON-6 one budget is set and shown before and after, or as JSON", async (t) => {
  const { asked, run } = await serveAnswer(t, accounts());
  const limits = ["--window", "day", "--usd", "1,500.5", "--input-tokens", "500,000"];
  const { exit, out, err } = await run(...line, ...limits);
  assert.equal(exit, "ok");
  assert.equal(
    out,
    [
      "LIMIT        BEFORE    AFTER",
      "usd              20  1,500.5",
      "inputTokens    none  500,000",
      "alerts       0.8, 1   0.8, 1",
      "",
    ].join("\n"),
  );
  assert.match(err, /^The budget of each team of acme by day is changed, from now on/);
  assert.match(err, /"sekisho config unset tenants\.acme\.budgets" gives the file its say back/);
  assert.deepEqual(JSON.parse((await run(...line, ...limits, "--json")).out), accounts());
  const set = { action: "set", limits: { usd: 1500.5, inputTokens: 500_000 } };
  const body = { tenant: "acme", scope: "team", window: "day", name: null, ...set };
  const order = ["POST /admin/budgets", body];
  const accountsAsked = ["GET /admin/budgets?tenant=acme", null];
  assert.deepEqual(asked, [order, accountsAsked, order]);
});

test("MON-6 a limit is taken away by none, a budget is added or removed", async (t) => {
  const { asked, run } = await serveAnswer(t, { ...changed, after: null });
  await run(...line, "--usd", "none", "--alerts", "none");
  await run(...line, "--new", "--total-tokens", "5", "--alerts", "0.5,1");
  const { err } = await run(...line, "--remove");
  assert.match(err, /is removed/);
  const orders = asked.map(([, body]) => {
    const { action, limits } = body as Record<"action" | "limits", unknown>;
    return [action, limits];
  });
  assert.deepEqual(orders, [
    ["set", { usd: null, alerts: [] }],
    ["add", { totalTokens: 5, alerts: [0.5, 1] }],
    ["remove", {}],
  ]);
});

test("MON-6 of a budget that is new it is said from when on it counts", async (t) => {
  const added = await serveAnswer(t, { ...accounts(), before: null });
  const { err } = await added.run(...line, "--new", "--usd", "5");
  assert.match(err, /by day is added, .* restart\. It counts what is spent from now on\.\n/);
  const ofRequest = { ...changed, before: null, scope: "request", window: null, name: "chat" };
  const { run } = await serveAnswer(t, ofRequest);
  const words = ["--scope", "request", "--name", "chat", "--new", "--output-tokens", "5"];
  const said = await run("budgets", "set", "--tenant", "acme", ...words);
  assert.match(said.err, /"chat" is added, from now on and also after a restart\.\n/);
});

const measureOf = (used: number) => ({ limit: 1, used, reserved: 0, remaining: 0 });
const accountOf = (team: string, usd: number, inputTokens: number) => ({
  account: `team:acme/${team}:day`,
  tenant: "acme",
  scope: "team",
  window: "day",
  resetsAt: "2026-01-02T00:00:00.000Z",
  cost: measureOf(usd * 1e9),
  inputTokens: measureOf(inputTokens),
  outputTokens: null,
});

const spent: readonly (readonly [of: string, budgets: readonly object[], said: RegExp | null])[] = [
  [
    "as much as the limit",
    [accountOf("a%40b", 1500.5, 0)],
    /\nteam:acme\/a@b:day .* of 1,500\.50 USD: .* refused .* until 2026-01-02T.*\.\n$/,
  ],
  [
    "more tokens, and another account too",
    [accountOf("a", 1, 600_000), accountOf("b", 2000, 0), accountOf("c", 1, 1)],
    /a:day has spent 600,000 of 500,000 input tokens: .*; so are those of 1 further account\.\n$/,
  ],
  ["less than the limits", [accountOf("a", 1500.49, 499_999)], null],
  ["what is of another window", [{ ...accountOf("a", 9999, 0), window: "month" }], null],
  ["what is of another scope", [{ ...accountOf("a", 9999, 0), scope: "key" }], null],
];

for (const [of, budgets, said] of spent) {
  test(`MON-6 a limit below what is spent refuses calls, which is said: ${of}`, async (t) => {
    const { run } = await serveAnswer(t, accounts(...budgets));
    const { exit, err } = await run(...line, "--usd", "1,500.5");
    assert.equal(exit, "ok");
    if (said === null) assert.doesNotMatch(err, /refused/);
    else assert.match(err, said);
  });
}

const refused: readonly (readonly [words: readonly string[], why: RegExp])[] = [
  [["budgets", "set", "--scope", "team", "--usd", "5"], /--tenant is missing/],
  [["budgets", "set", "--tenant", "acme", "--usd", "5"], /--scope is missing/],
  [line, /name a limit \(--usd, --input-tokens/],
  [
    [...line, "--usd", "fifty"],
    /--usd fifty: a number such as 50, 0\.25 or 1,234\.50 is expected, or none/,
  ],
  [[...line, "--usd", "50,00"], /Cannot read --usd 50,00: a number such as 50/],
  [[...line, "--usd", "0,500"], /Cannot read --usd 0,500: a number/],
  [[...line, "--usd", "1,234,5"], /Cannot read --usd 1,234,5: a number/],
  [[...line, "--usd", "1.234,50"], /Cannot read --usd 1\.234,50: a number/],
  [[...line, "--usd", "1.5,000"], /Cannot read --usd 1\.5,000: a number/],
  [[...line, "--usd", ","], /Cannot read --usd ,: a number/],
  [[...line, "--input-tokens", "50,00"], /--input-tokens 50,00: .* such as 50000 or 50,000/],
  [[...line, "--usd", "1e3"], /--usd 1e3/],
  [[...line, "--alerts", "0.5,high"], /--alerts high/],
  [[...line, "--usd", "-5"], /--usd -5: it must be 0 or more/],
  [[...line, "--usd=-5"], /--usd -5: it must be 0 or more/],
  [[...line, "--usd", "-0.5"], /--usd -0\.5: it must be 0 or more/],
  [[...line, "--usd", "1".repeat(16)], /--usd 1{16}: it must have at most 15 digits/],
  [[...line, "--input-tokens", "-5"], /--input-tokens -5: it must be 0 or more/],
  [[...line, "--alerts", "-0.5,1"], /--alerts -0\.5: it must be 0 or more/],
  [[...line, "--remove", "--usd", "5"], /--remove takes it away/],
  [[...line, "--remove", "--new"], /--new adds one/],
  [["budgets", "set", "--scope", "teem"], /did you mean team/],
];

for (const [words, why] of refused) {
  test(`MON-6 ${words.join(" ")}: refused before the server is asked`, async (t) => {
    const { asked, run } = await serveAnswer(t, changed);
    const { exit, err } = await run(...words);
    assert.equal(exit, "usage");
    assert.match(err, why);
    assert.deepEqual(asked, []);
  });
}
