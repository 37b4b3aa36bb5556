import type { Config } from "../../../config/schema.ts";

type Models = Config["models"];

/**
 * A name of the configuration, and those under which its answers are kept as well: chains, choices
 * and splits that lead to it, also by one another.
 */
export function namesLeadingTo(name: string, models: Models): readonly string[] {
  const found = new Set([name]);
  // A set that grows while it is read gives what was added, too.
  for (const end of found) {
    for (const [each, model] of Object.entries(models)) {
      if (nextOf(model).includes(end)) found.add(each);
    }
  }
  return [...found];
}

function nextOf(model: Models[string]): readonly string[] {
  if ("chain" in model) return model.chain;
  if ("choose" in model) return [model.simple, model.strong];
  return "split" in model ? Object.keys(model.split) : [];
}
