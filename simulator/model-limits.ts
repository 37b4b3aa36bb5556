import { windows } from "./windows.data.ts";

/** The region of a profile and the maker's name, which Bedrock puts before a model's. */
const before = /^(?:(?:us|eu|apac|jp|au|global)\.)?(?:anthropic|amazon|cohere|openai)\./;

/** Models whose answers are vectors, by their names. */
const ofVectors = /^(?:text-embedding-|titan-embed-|embed-|gemini-embedding-)/;

const bare = (model: string): string => model.replace(before, "");

/** Does this model make vectors, and no words? */
export const makesVectors = (model: string): boolean => ofVectors.test(bare(model));

/** Tokens of a prompt at most; Infinity where nobody has said. */
export function windowOf(model: string): number {
  const name = bare(model);
  return windows.find(([start]) => name.startsWith(start))?.[1] ?? Infinity;
}
