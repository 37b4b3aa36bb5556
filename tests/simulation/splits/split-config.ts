import type { Config } from "@sekisho/server/config/schema.ts";
import { steadyConfig, type Alias } from "../outages/steady-config.ts";
import { steadyPrice } from "../outages/steady-providers.ts";
import { splitName, type SplitScenario } from "./split-scenario.ts";

/** An arm of one target, which is asked once and has no circuit that opens. */
const armOf = (model: string): Alias => ({
  targets: [{ provider: "east", model }],
  attempts: { max: 1 },
  breaker: { failures: 1_000 },
});

/** One split of a scenario, with the arms as its models. */
export function splitConfig({ arms, sticky, rollback, canary }: SplitScenario): Config {
  const names = Object.keys(arms);
  return steadyConfig(
    {
      ...Object.fromEntries(names.map((name) => [name, armOf(name)])),
      [splitName]: {
        split: arms,
        sticky,
        rollback,
        canary: { ...canary, steps: [...canary.steps] },
      },
    },
    null,
    { prices: Object.fromEntries(names.map((name) => [name, steadyPrice])) },
  );
}
