import { z } from "zod";
import { type ConfigPath, formatPath, isBelow } from "../config-path.ts";
import { placedValue } from "./placed-value.ts";
import { configSchema } from "../schema.ts";
import { type JsonMap, type Schema, schemaAt, valueAt } from "../schema/schema-walk.ts";

/** Long enough that nobody has it by chance, and a name wherever names are wanted. */
const name = "not-readable";
const target = { provider: name, model: name };

/** What may stand where something was that nobody can read: the first that its schema takes. */
const standIns: readonly unknown[] = [
  name,
  1,
  true,
  {},
  [],
  [target],
  [name, name],
  { kind: "openai" },
  { targets: [target] },
];

const accepts = (schema: Schema, value: unknown): boolean =>
  z.safeParse(schema, value, { jitless: true }).success;

/**
 * A tree whose faulty values give way, so that the rest of it can be looked at: to their default
 * where they have one, else to something that holds, else with the map or list they stand in. What
 * is left keeps its place: nothing is taken out of a list.
 */
export class MendedTree {
  #tree: JsonMap;
  readonly #visits = new Map<string, number>();

  constructor(tree: JsonMap) {
    this.#tree = tree;
  }

  get tree(): JsonMap {
    return this.#tree;
  }

  /** Replaces what these paths lead to. Returns the places that have changed. */
  mend(paths: readonly ConfigPath[]): ConfigPath[] {
    const changed: ConfigPath[] = [];
    for (const path of paths) {
      // It is gone with what it stood in.
      if (!changed.some((place) => isBelow(path, place))) changed.push(this.#replace(path));
    }
    return changed;
  }

  #replace(path: ConfigPath): ConfigPath {
    for (let place = path; place.length > 0; place = place.slice(0, -1)) {
      const measure = this.#measureAt(place);
      if (measure === null) continue;
      // The tree is a map, and so is a copy with another value in it.
      this.#tree = placedValue(this.#tree, place, measure.value) as JsonMap;
      return place;
    }
    this.#tree = {};
    return [];
  }

  /** Null where nothing can be done at the place itself. */
  #measureAt(place: ConfigPath): { readonly value: unknown } | null {
    const at = formatPath(place);
    const visits = this.#visits.get(at) ?? 0;
    this.#visits.set(at, visits + 1);
    const isInList = typeof place.at(-1) === "number";
    // What stood in was no help: it is the key that is wrong.
    const canGo = !isInList && valueAt(this.#tree, place) !== undefined;
    if (visits > 0) return visits === 1 && canGo ? { value: undefined } : null;
    const schema = schemaAt(configSchema, this.#tree, place);
    if (schema === null) return canGo ? { value: undefined } : null;
    if (canGo && accepts(schema, undefined)) return { value: undefined };
    const standIn = standIns.find((each) => accepts(schema, each));
    return standIn === undefined ? null : { value: standIn };
  }
}
