import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { runCommandLine } from "@sekisho/server/cli/sekisho.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { CostView } from "@sekisho/wire/admin/costs.ts";
import type { SavingsView } from "@sekisho/wire/admin/savings.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const target = (model: string) => ({ targets: [{ provider: "near", model }] });
  return {
    ...steered,
    models: {
      ...steered.models,
      quality: target("anthropic.claude-3-sonnet-20240229-v1:0"),
      fast: target("anthropic.claude-3-haiku-20240307-v1:0"),
      nameless: target("nameless"),
      vectors: target("amazon.titan-embed-text-v2:0"),
    },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

async function sekisho(...argv: string[]) {
  const said = { out: "", err: "" };
  const { adminKey } = gateway.server.ready;
  assert.ok(adminKey !== null);
  const exit = await runCommandLine(argv, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: { SEKISHO_URL: gateway.url, SEKISHO_ADMIN_KEY: adminKey },
    clock: new SystemClock(),
  });
  return { exit, ...said };
}

test("MON-17 sekisho cost says what a request, a day and a month cost", async () => {
  const load = ["--input", "100", "--output", "50", "--requests-per-day", "1,000"];
  const { exit, out, err } = await sekisho("cost", "gpt-4", ...load);
  assert.equal(exit, "ok");
  assert.equal(err, "100 tokens in, 50 out; 1,000 requests a day\n");
  assert.match(out, /^MODEL +A REQUEST USD +A DAY USD +30 DAYS USD +PRICE$/m);
  assert.match(out, /^gpt-4 +0\.006 +6\.00 +180\.00 +2026-11-20\/gpt-4$/m);
});

test("MON-17 sekisho cost compare: the cheapest first, what has no price is named", async () => {
  const { out, err } = await sekisho("cost", "compare", "quality", "fast", "nameless");
  assert.match(out, /^fast +0\.000875 +1\.0 .*\nquality +0\.0105 +12\.0 /m);
  assert.match(err, /without a price: nameless/);
  const all = await sekisho("cost", "compare", "--json");
  // Our own answer.
  const view = JSON.parse(all.out) as CostView;
  assert.ok(view.costs.length >= 3);
  assert.ok(view.unpriced.some(({ model }) => model === "nameless"));
  const names = view.costs.map(({ model }) => model);
  assert.ok(!names.includes("vectors"), "it puts out no token");
  const inputs = await sekisho("cost", "cheapest", "--output", "0", "--json");
  assert.equal((JSON.parse(inputs.out) as CostView).costs[0]?.model, "vectors");
});

test("MON-17 sekisho cost cheapest has one line; without a price there is none", async () => {
  const { out } = await sekisho("cost", "cheapest", "quality", "fast");
  assert.match(out, /^fast /m);
  assert.doesNotMatch(out, /quality/);
  const none = await sekisho("cost", "nameless");
  assert.deepEqual([none.exit, none.out], ["failed", ""]);
  assert.match(none.err, /Cannot price nameless: it has no price/);
  for (const command of ["cheapest", "compare"]) {
    assert.deepEqual(await sekisho("cost", command, "nameless"), none);
    const two = await sekisho("cost", command, "nameless", "nosuch");
    assert.equal(two.exit, "failed");
    assert.match(two.err, /Cannot price nameless: .*\nCannot price nosuch: /);
  }
});

test("MON-17 sekisho cost savings says what another model would have cost", async () => {
  const none = await sekisho("cost", "savings");
  assert.deepEqual([none.exit, none.out], ["ok", ""]);
  assert.match(none.err, /^0 paid calls, .*\nnothing to save: /);
  const ask = async (tokens: number): Promise<void> => {
    const body = { model: "quality", max_tokens: tokens };
    await (await gateway.chat(`Go on [[sim: tokens=${tokens}]]`, body)).arrayBuffer();
  };
  for (let call = 0; call < 30; call += 1) await ask(10);
  for (let call = 0; call < 10; call += 1) await ask(300);
  await gateway.settled();
  const { exit, out, err } = await sekisho("cost", "savings", "--to", "fast", "--tenant", "demo");
  assert.equal(exit, "ok");
  assert.match(err, /^40 paid calls, .*; simple: at most 650 tokens in and 256 out$/m);
  assert.match(out, /^route 75 % of demo's calls of quality to fast: -\d+ %$/m);
  const json = await sekisho("cost", "savings", "--to", "fast", "--json");
  // Our own answer.
  const [saving, ...others] = (JSON.parse(json.out) as SavingsView).savings;
  assert.ok(saving !== undefined && others.length === 0);
  // Claude 3 Sonnet costs 12 times what Haiku does, for prompts and for answers.
  assert.equal(Number(saving.simpleCostNanoUsd), 12 * Number(saving.wouldCostNanoUsd));
  assert.equal(saving.simplePermille, 750);
  const unpriced = await sekisho("cost", "savings", "--to", "nameless");
  assert.match(unpriced.err, /Cannot price model "nameless": it has no price/);
});

test("MON-18 sekisho plan prints the arithmetic of 45,000, 21,360 and 6,719.50 USD", async () => {
  const { exit, out } = await sekisho("plan", "--messages-per-day", "1000000");
  assert.equal(exit, "ok");
  assert.match(
    out,
    /all on claude-3-sonnet, nobody limits it: 45,000\.00 USD a day, 1,350,000\.00 in 30/,
  );
  assert.match(out, /all on claude-3-sonnet, with limits: 21,360\.00 USD a day.*52\.5 % less/);
  assert.match(out, /as planned: 6,719\.50 USD a day.*85\.0 % less/);
  assert.match(out, /^claude-3-sonnet +300,000 +2,000 +1,024 +0\.02136 +6,408\.00$/m);
  assert.match(out, /^claude-3-haiku +700,000 +500 +256 +0\.000445 +311\.50$/m);
  assert.match(out, /2 replicas, one of them to spare/);
});

test("a plan or a cost that is no number is refused with the rule", async () => {
  const plan = await sekisho("plan", "--messages-per-day", "many");
  assert.deepEqual([plan.exit, plan.out], ["usage", ""]);
  assert.match(plan.err, /Cannot read --messages-per-day many: a whole number is expected/);
  const blend = await sekisho("plan", "--messages-per-day", "1", "--blend", "fast:50:1:1");
  assert.match(blend.err, /blend adds up to 50 %, 100 needed/);
});

test("MON-18 sekisho plan says what is wrong in the words of its options", async () => {
  const missing = await sekisho("plan");
  assert.deepEqual([missing.exit, missing.out], ["usage", ""]);
  assert.match(missing.err, /Cannot plan: --messages-per-day is missing/);
  const { exit, err } = await sekisho("plan", "--messages-per-day", "0");
  assert.equal(exit, "refused");
  assert.match(err, /: --messages-per-day must be 1 or more/);
  const unknown = await sekisho("plan", "--messages-per-day", "1", "--blend", "nobody:100:1:1");
  assert.match(unknown.err, /"nobody": it has no price.*--blend MODEL/);
});
