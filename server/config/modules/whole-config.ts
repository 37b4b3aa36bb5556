import type { Clock } from "@sekisho/lib/time/clock.ts";
import { loadBalanceModules } from "./balance-modules.ts";
import { importModule } from "./import-module.ts";
import { importPackage } from "./import-package.ts";
import { loadConfig, type ConfigInputs } from "../loading/load-config.ts";
import type { Outcome } from "../problem.ts";
import type { LoadedConfig } from "../loading/resolve-config.ts";
import { loadSdkPackages } from "./sdk-packages.ts";

/** As `loadConfig`, and the modules and packages that the configuration names have been tried. */
export async function loadWholeConfig(
  inputs: ConfigInputs,
  clock: Clock,
): Promise<Outcome<LoadedConfig>> {
  const outcome = loadConfig(inputs);
  if (!outcome.ok) return outcome;
  const { config, source } = outcome.value;
  const modules = await loadBalanceModules(config, source, { clock, importModule });
  const packages = await loadSdkPackages(config, source, { clock, importModule, importPackage });
  const problems = [modules, packages].flatMap((each) => (each.ok ? [] : each.problems));
  return problems.length === 0 ? outcome : { ok: false, problems };
}
