import { embeddingFactsOf } from "@sekisho/gateway/catalog/embedding-facts.ts";
import { type ConfigPath, formatPath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";

/** Is it known to make vectors, and so to answer nothing? */
function isEmbedding(model: string): boolean {
  const facts = embeddingFactsOf(model);
  return facts !== null && !facts.isGuess;
}

/** A name may lead to any of them. */
const allModels: readonly ConfigPath[] = [["models"]];

/** A model that makes vectors cannot judge an input. */
export function checkJudge({ models, moderations: { model } }: ConfigShape): Finding[] {
  if (model === null || !makesVectors(models, model)) return [];
  const path = ["moderations", "model"];
  const rest = `: "${model}" makes vectors; what judges is a chat model`;
  return [{ path, sentence: formatPath(path) + rest, about: allModels }];
}

/** What tells that words mean the same makes vectors; an alias that asks for it needs one. */
export function checkSemantic({ models, cache: { semantic } }: ConfigShape): Finding[] {
  const { model } = semantic;
  if (model !== null) {
    if (makesVectors(models, model)) return [];
    const path = ["cache", "semantic", "model"];
    const sentence = `${formatPath(path)}: "${model}" makes no vectors`;
    return [{ path, sentence, about: allModels }];
  }
  return Object.entries(models).flatMap(([name, each]) => {
    if (!("cache" in each) || !each.cache.semantic) return [];
    const path = ["models", name, "cache", "semantic"];
    const sentence = `${formatPath(path)}: true needs cache.semantic.model, which is null`;
    return [{ path, sentence, about: [["cache", "semantic"]] }];
  });
}

/** Of all of its targets; names of wildcards are those of models. */
function makesVectors(models: ConfigShape["models"], name: string): boolean {
  const model = models[name];
  if (model === undefined || "passThrough" in model) return isEmbedding(name);
  if ("chain" in model) {
    return model.chain.every((link) => link !== name && makesVectors(models, link));
  }
  if ("choose" in model) {
    return [model.simple, model.strong].every(
      (link) => link !== name && makesVectors(models, link),
    );
  }
  if ("split" in model) {
    return Object.keys(model.split).every((link) => link !== name && makesVectors(models, link));
  }
  return model.targets.every((target) => isEmbedding(target.model));
}

/** Of a package no vectors are asked: such a target serves nothing. */
export const embeddingWarnings = ({ models, providers }: ConfigShape): Finding[] =>
  Object.entries(models).flatMap(([name, model]) => {
    if (!("targets" in model)) return [];
    return model.targets.flatMap((target, index) => {
      if (providers[target.provider]?.kind !== "ai-sdk" || !isEmbedding(target.model)) return [];
      const path = ["models", name, "targets", index];
      const rest = `: "${target.model}" makes vectors; a provider of kind ai-sdk gives none`;
      return [{ path, sentence: formatPath(path) + rest }];
    });
  });
