import type { ModelEntry } from "../model-entry.ts";
import { shownModel } from "../model-name.ts";
import type { Plan } from "../plan.ts";
import { reasonInWords } from "./reason-words.ts";

/** A plan and what led to it, as sentences (RTE-2). */
export const planInWords = (plan: Plan, entry: ModelEntry): string[] => [
  meaningInWords(plan, entry),
  ...plan.reasons.map(reasonInWords),
  ...triesInWords(plan),
];

function meaningInWords({ model }: Plan, { name, pools, branch }: ModelEntry): string {
  const shown = `"${shownModel(model)}"`;
  if (branch !== undefined) return `${shown} leaves a choice, here "${branch}"`;
  const names = pools.map((pool) => `"${pool.name}"`);
  if (pools.length > 1) return `${shown} is a chain of the pools ${names.join(", ")}`;
  return names[0] === `"${name}"` ? `${shown} is a pool` : `${shown} is served by ${names[0]}`;
}

function triesInWords({ attempts, policy }: Plan): string[] {
  const { max, backoffMs } = policy;
  if (attempts.length > max) return [`at most ${max} of the ${attempts.length} targets are tried`];
  if (attempts.length !== 1 || max === 1) return [];
  return [`its only target may be tried ${max} times, ${backoffMs} ms or more apart`];
}
