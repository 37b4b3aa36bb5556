import assert from "node:assert/strict";
import { test } from "node:test";
import { OutageFigures } from "./outage-figures.ts";
import { acrossRegions, steadyConfig, type Quota } from "./steady-config.ts";
import { answers, type Fate, type Weather } from "./steady-providers.ts";
import { SteadyWorld } from "./steady-world.ts";

const perSecond = 20;
const forMs = 300_000;
const throttled: Fate = { kind: "refuses", status: 429 };

/** East grants so many calls a minute, as a bucket that fills steadily; the others any. */
function granting(perMinute: number): Weather {
  let level = perMinute;
  let lastMs = 0;
  return ({ provider, atMs }) => {
    if (provider !== "east") return answers;
    level = Math.min(perMinute, level + ((atMs - lastMs) * perMinute) / 60_000);
    lastMs = atMs;
    if (level < 1) return throttled;
    level -= 1;
    return answers;
  };
}

async function play(granted: number, declared: Quota) {
  const models = { fast: acrossRegions("m", { balance: "failover" }) };
  const config = steadyConfig(models, null, { quotas: { east: declared } });
  using world = new SteadyWorld(config, granting(granted));
  await world.run({ perSecond, forMs, models: ["fast"] });
  await world.rest(60_000);
  const figures = new OutageFigures(world);
  const all = { fromMs: 0, toMs: Infinity };
  const east = figures.calls(all, "east");
  const refused = east.filter(({ fate }) => fate === "refuses").length;
  return { errors: figures.errors(all), east: east.length - refused, refused };
}

test("RTE-16 a quota that is declared is used up, and never met", async () => {
  const { errors, east, refused } = await play(300, { requestsPerMinute: 300 });
  assert.equal(errors, 0);
  assert.equal(refused, 0);
  assert.ok(east >= 1_450, `${east} of 1,500 that were granted`);
});

test("RTE-16 without a declaration the provider refuses hundreds of calls", async () => {
  const { refused } = await play(300, {});
  assert.ok(refused > 500, `${refused} refused`);
});

test("RTE-16 of a quota that is half of what was declared one call in 100 is refused", async () => {
  const { errors, east, refused } = await play(150, { requestsPerMinute: 300 });
  assert.equal(errors, 0);
  assert.ok(refused <= 0.01 * perSecond * (forMs / 1_000), `${refused} refused`);
  assert.ok(east >= 0.7 * 750, `${east} of 750 that were granted`);
});

test("RTE-16 tokens are counted as they are reserved and used", async () => {
  // Each call of the load uses 10 tokens in the end.
  const { errors, east, refused } = await play(300, { tokensPerMinute: 1_500 });
  assert.deepEqual([errors, refused], [0, 0]);
  assert.ok(east > 600 && east <= 900, `${east} calls of 10 tokens`);
});
