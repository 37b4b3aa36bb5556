import assert from "node:assert/strict";
import { test } from "node:test";
import { OutageFigures } from "./outage-figures.ts";
import { acrossRegions, steadyConfig } from "./steady-config.ts";
import { answers, says503, type Weather } from "./steady-providers.ts";
import { SteadyWorld } from "./steady-world.ts";

const outage = { fromMs: 30_000, toMs: 90_000 };

/** East and west fail nine of ten calls; north takes 5 in a second, and refuses the rest. */
function crowding(): Weather {
  let level = 5;
  let lastMs = 0;
  return ({ provider, atMs, draw }) => {
    if (atMs < outage.fromMs || atMs >= outage.toMs) return answers;
    if (provider !== "north") return draw < 0.9 ? says503 : answers;
    level = Math.min(5, level + ((atMs - lastMs) * 5) / 1_000);
    lastMs = atMs;
    if (level < 1) return { kind: "refuses", status: 429 };
    level -= 1;
    return answers;
  };
}

async function play(panicBelow: number | null) {
  const models = { fast: acrossRegions("m", { panicBelow }) };
  using world = new SteadyWorld(steadyConfig(models), crowding());
  await world.run({ perSecond: 20, forMs: 120_000, models: ["fast"] });
  await world.rest(60_000);
  assert.equal(world.left, 0);
  const figures = new OutageFigures(world);
  const sick = [...figures.calls(outage, "east"), ...figures.calls(outage, "west")];
  return {
    served: figures.answers(outage).length - figures.errors(outage),
    toSick: sick.length,
    amplification: figures.amplification(outage),
  };
}

test("RTE-15 in panic calls that the healthy rest cannot take try the others", async (t) => {
  const [calm, panicking] = [await play(null), await play(0.5)];
  t.diagnostic(JSON.stringify({ calm, panicking }));
  assert.ok(panicking.toSick > calm.toSick);
  assert.ok(panicking.served >= calm.served, "no call is lost by it");
  assert.ok(panicking.amplification < 2, "retries keep to their budgets");
});
