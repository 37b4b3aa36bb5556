import type { ModelFacts } from "../target.ts";
import { modelFacts, unknownModelFacts } from "./facts.data.ts";
import { listedName } from "./listed-name.ts";

/** What an upstream model takes and gives, under any of its names. */
export function factsOf(model: string): ModelFacts {
  const name = listedName(model, modelFacts);
  return (name === null ? null : modelFacts[name]) ?? unknownModelFacts;
}
