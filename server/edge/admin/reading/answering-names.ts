import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { ModelEntry } from "@sekisho/gateway/model-entry.ts";

/** The names of all models but of those that make vectors, which put out no token. */
export const answeringNames = (catalog: Pick<Catalog, "names" | "peek">): string[] =>
  catalog.names().filter((name) => !makesVectors(catalog.peek(name)));

const makesVectors = ({ pools }: ModelEntry): boolean =>
  pools.every((pool) => pool.targets.every(({ embedding }) => embedding?.isGuess === false));
