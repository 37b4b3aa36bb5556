import type { BalanceModule } from "@sekisho/gateway/model-entry.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { guardedBalance } from "@sekisho/lib/resilience/guarded-balance.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { loadBalanceModules } from "../../config/modules/balance-modules.ts";
import type { ConfigSource } from "../../config/trees/config-source.ts";
import { importModule } from "../../config/modules/import-module.ts";
import { describeProblems } from "../../config/problem.ts";
import type { Config } from "../../config/schema.ts";

/** The balancers that a configuration brings along, by their paths. */
export type Balancers = ReadonlyMap<string, BalanceModule>;

export const noBalancers: Balancers = new Map();

/**
 * Loads the modules that a configuration names (REF-7). Throws Failure `invalid_value` that names
 * each model at fault.
 */
export async function loadBalancers(
  config: Config,
  source: ConfigSource,
  { clock, log }: { readonly clock: Clock; readonly log: GatewayLog },
): Promise<Balancers> {
  const modules = await loadBalanceModules(config, source, { clock, importModule });
  if (!modules.ok) {
    const why = describeProblems(modules.problems);
    throw new Failure<Code>("invalid_value", `Cannot use the configuration: ${why}`);
  }
  const balancers = [...modules.value].map(([path, balance]): [string, BalanceModule] => {
    const order = guardedBalance(balance, (error) =>
      log.error("a module's order of targets is passed over", { object: path, error }),
    );
    return [path, { path, order }];
  });
  return new Map(balancers);
}
