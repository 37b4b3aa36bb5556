import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ConfigSource } from "../../config/trees/config-source.ts";
import { importModule } from "../../config/modules/import-module.ts";
import { importPackage } from "../../config/modules/import-package.ts";
import { describeProblems } from "../../config/problem.ts";
import type { Config } from "../../config/schema.ts";
import { loadSdkPackages, type SdkFactories } from "../../config/modules/sdk-packages.ts";

export const noPackages: SdkFactories = new Map();

/**
 * Loads the packages of the AI SDK that a configuration names. Throws Failure `invalid_value` that
 * names each provider at fault.
 */
export async function loadPackages(
  config: Config,
  source: ConfigSource,
  clock: Clock,
): Promise<SdkFactories> {
  const loading = { clock, importModule, importPackage };
  const packages = await loadSdkPackages(config, source, loading);
  if (packages.ok) return packages.value;
  const why = describeProblems(packages.problems);
  throw new Failure<Code>("invalid_value", `Cannot use the configuration: ${why}`);
}
