import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelListView, ModelView } from "@sekisho/wire/admin/models.ts";
import { noBalancers } from "../../compose/routing/balancers.ts";
import { catalogOf } from "../../compose/routing/catalog.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminRequest } from "./admin-request.ts";
import { getModels } from "./models.ts";
import { getModel } from "./models/[name].ts";
import { runTimeOf } from "./run-time-fixture.ts";

const rates = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

const config = runTimeOf(
  {
    providers: {
      up: {
        kind: "openai",
        baseUrl: "http://127.0.0.1:9",
        credentials: [
          { id: "a", apiKey: "env:KEY" },
          { id: "b", apiKey: "env:KEY" },
        ],
      },
    },
    models: {
      fast: { targets: [{ provider: "up", model: "gpt-4" }], balance: "weighted" },
      own: { targets: [{ provider: "up", model: "own-model" }] },
      both: { chain: ["fast", "own"] },
      odd: { targets: [{ provider: "up", model: "nobody-knows-it" }] },
      "claude-*": { passThrough: { provider: "up" } },
      "free-*": { passThrough: { provider: "up" }, unpriced: "allow" },
    },
    prices: {
      override: { "own-model": { ...rates, changes: [{ from: "2026-12-01", ...rates }] } },
    },
  },
  { KEY: "secret-of-a-provider" },
);

const catalog = catalogOf(config.config, noBalancers);
const clock = { wallMs: () => Date.parse("2026-11-20T00:00:00Z") };
const context = { catalog: () => catalog, clock, config } as unknown as AdminContext;
const about = (parameters: object): AdminRequest => ({ parameters }) as unknown as AdminRequest;

// The endpoints' own answers.
const list = async () => (await getModels(about({}), context)).body as ModelListView;
const one = async (name: string) => (await getModel(about({ name }), context)).body as ModelView;

test("every name of the configuration is listed, patterns beside them", async () => {
  const { book, models, wildcards } = await list();
  assert.deepEqual(
    models.map(({ name, wildcard }) => [name, wildcard]),
    ["fast", "own", "both", "odd"].map((name) => [name, null]),
  );
  assert.deepEqual([book, wildcards], ["2026-11-20", ["claude-*", "free-*"]]);
  assert.ok(!JSON.stringify(models).includes("secret"));
});

test("a target has its place, its facts and its prices, now and later", async () => {
  const { pools, targets, details } = await one("both");
  assert.deepEqual(pools, [
    { name: "fast", balance: "weighted" },
    { name: "own", balance: "round-robin" },
  ]);
  assert.deepEqual(
    targets.map(({ pool, credential, upstreamModel }) => [pool, credential, upstreamModel]),
    [
      ["fast", "a", "gpt-4"],
      ["fast", "b", "gpt-4"],
      ["own", "a", "own-model"],
      ["own", "b", "own-model"],
    ],
  );
  const [gpt, , own] = targets;
  assert.deepEqual([gpt?.contextWindow, gpt?.confidence, gpt?.price?.input], [8_192, "C", "30"]);
  assert.equal(gpt?.nextPrice, null);
  assert.deepEqual([own?.contextWindow, own?.capabilities], [null, null]);
  assert.deepEqual(
    [own?.price?.validUntil, own?.nextPrice?.validFrom],
    ["2026-12-01", "2026-12-01"],
  );
  assert.deepEqual([details.hasSeveralPrices, details.price?.input], [true, "30"]);
});

test("notes say what has no price, what changes and what is not sure", async () => {
  const notesOf = async (name: string) => (await one(name)).notes;
  assert.deepEqual(await notesOf("odd"), [
    "nobody-knows-it has no price: it is refused under a money budget",
  ]);
  assert.deepEqual(await notesOf("free-of-charge"), [
    "free-of-charge has no price: its calls are booked at 0 USD (unpriced: allow)",
  ]);
  assert.deepEqual(await notesOf("both"), [
    "own-model has another price from 2026-12-01 on",
    "the price of gpt-4 is not confirmed (C)",
  ]);
});

test("a name that a pattern serves is described too, an unknown one is refused", async () => {
  const claude = await one("claude-opus-5");
  assert.deepEqual([claude.name, claude.wildcard], ["claude-opus-5", "claude-*"]);
  assert.equal(claude.details.contextWindow, 1_000_000);
  await assert.rejects(one("fsat"), { code: "model_not_found", message: /the nearest is "fast"/ });
});
