import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";

/** Probes that ask models need some to ask: names of wildcards come from clients. */
export const checkProbes = (config: ConfigShape): Finding[] =>
  Object.entries(config.providers).flatMap(([name, { probe }]) => {
    if (probe.kind !== "call") return [];
    const path = ["providers", name, "probe"];
    const models = modelsAt(config, name);
    if (models.length === 0) {
      return [finding([...path, "kind"], `: "call" needs a model with a target at ${name}`)];
    }
    if (probe.model === null || models.includes(probe.model)) return [];
    const hint = nearest(probe.model, models)?.text;
    const rest = `: "${probe.model}" is no target's model at ${name}; the nearest is "${hint}"`;
    return [finding([...path, "model"], rest)];
  });

const modelsAt = ({ models }: ConfigShape, provider: string): string[] =>
  Object.values(models)
    .flatMap((model) => ("targets" in model ? model.targets : []))
    .filter((target) => target.provider === provider)
    .map(({ model }) => model);

const finding = (path: ConfigPath, rest: string): Finding => ({
  path,
  sentence: formatPath(path) + rest,
  about: [["models"], path.slice(0, -1)],
});
