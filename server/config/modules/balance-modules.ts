import type { Balance } from "@sekisho/lib/resilience/balance.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { orAborted, TimeLimit } from "@sekisho/lib/time/time-limit.ts";
import { formatPath, type ConfigPath } from "../config-path.ts";
import type { ConfigSource } from "../trees/config-source.ts";
import type { Finding, Outcome } from "../problem.ts";
import { problemOf } from "../loading/resolve-config.ts";
import { valueHider } from "../loading/value-hider.ts";
import { isBalancePath } from "../schema/balance.ts";
import type { Config } from "../schema.ts";

/** Balancers that the file names by their paths, as written there (REF-7). */
export type BalanceModules = ReadonlyMap<string, Balance>;

export interface ModuleLoading {
  readonly clock: Clock;
  /** Rejects when there is no such module, or when it does not run. */
  readonly importModule: (path: string) => Promise<unknown>;
}

/** A module that is not there by then waits for something. */
const loadingMs = 5_000;

/** Loads each module that a model names. A wrong one is a problem of the configuration. */
export async function loadBalanceModules(
  { models }: Pick<Config, "models">,
  source: ConfigSource,
  loading: ModuleLoading,
): Promise<Outcome<BalanceModules>> {
  const modules = new Map<string, Balance>();
  const findings: Finding[] = [];
  for (const [name, model] of Object.entries(models)) {
    if (!("balance" in model) || !isBalancePath(model.balance)) continue;
    if (modules.has(model.balance)) continue;
    const at = ["models", name, "balance"];
    try {
      modules.set(model.balance, await loaded(model.balance, loading));
    } catch (error) {
      findings.push(finding(at, model.balance, error));
    }
  }
  if (findings.length === 0) return { ok: true, value: modules, warnings: [] };
  return {
    ok: false,
    problems: findings.map(valueHider(source)).map((each) => problemOf(source, each)),
  };
}

async function loaded(path: string, { clock, importModule }: ModuleLoading): Promise<Balance> {
  const reason = new Error(`it is not ready after ${loadingMs} ms`);
  using limit = new TimeLimit(clock, { ms: loadingMs, below: null, reason });
  const module = await orAborted(importModule(path), limit.signal);
  const made: unknown =
    typeof module === "object" && module !== null ? Reflect.get(module, "default") : undefined;
  if (typeof made !== "function") throw new TypeError("its default export is no function");
  // What it takes and gives back is seen when it is called: see guarded-balance.ts.
  return made as Balance;
}

const maxShownChars = 200;

function finding(path: ConfigPath, module: string, error: unknown): Finding {
  const why = error instanceof Error ? error.message : String(error);
  const [line = ""] = why.slice(0, maxShownChars).split("\n", 1);
  const sentence = `${formatPath(path)}: the module ${module} cannot be used: ${line}`;
  return { path, sentence };
}
