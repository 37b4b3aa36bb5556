import { embeddingFactsOf } from "@sekisho/gateway/catalog/embedding-facts.ts";
import { modelBehind } from "@sekisho/gateway/model-name.ts";
import { formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";

type Models = ConfigShape["models"];

/**
 * Vectors of two models cannot be compared: a name whose calls may get either fills an index that
 * finds nothing, and no answer says so.
 */
export const checkVectors = ({ models }: ConfigShape): Finding[] =>
  Object.entries(models).flatMap(([name, model]) => {
    // What a choice leads to has a name of its own, and is checked under it.
    if ("passThrough" in model || "choose" in model || model.mixedVectors) return [];
    const [first, second] = vectorModels(upstreamModels(name, models));
    if (second === undefined) return [];
    const path = ["models", name];
    const rest =
      `: its vectors are of "${first}" or of "${second}", which do not compare; ` +
      "leave one, or set mixedVectors: true";
    return [{ path, sentence: formatPath(path) + rest, about: [["models"]] }];
  });

/** A model that no table knows may make vectors where another one of the name is known to. */
function vectorModels(upstreamModels: readonly string[]): string[] {
  // By the names that the file has: another form of one would show what came from a variable.
  const named = new Map(upstreamModels.map((model) => [modelBehind(model), model]));
  const facts = [...named.values()].map((model) => ({ model, facts: embeddingFactsOf(model) }));
  const isKnown = facts.some(({ facts: each }) => each !== null && !each.isGuess);
  return isKnown ? facts.flatMap((each) => (each.facts === null ? [] : [each.model])) : [];
}

function linksOf(model: Models[string]): readonly string[] {
  if ("chain" in model) return model.chain;
  return "split" in model ? Object.keys(model.split) : [];
}

/** Of all links of a chain and arms of a split, each of which is followed once. */
function upstreamModels(name: string, models: Models): string[] {
  const open = [name];
  for (const link of open) {
    const model = models[link];
    const links = model === undefined ? [] : linksOf(model);
    open.push(...links.filter((each) => !open.includes(each)));
  }
  return open.flatMap((link) => {
    const model = models[link];
    return model !== undefined && "targets" in model ? model.targets.map((each) => each.model) : [];
  });
}
