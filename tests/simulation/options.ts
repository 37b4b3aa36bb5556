import { parseArgs } from "node:util";
import type { Mutant } from "./mutants/mutant.ts";
import { mutants } from "./mutants/roster.ts";

export const worldKinds = ["gateway", "group", "splits"] as const;

export type WorldKind = (typeof worldKinds)[number];

export interface SimulationOptions {
  /** Seeds in the order in which they are played. */
  readonly seeds: readonly number[];
  /** Whole runs must reach every rare path; a single seed need not. */
  readonly isWhole: boolean;
  readonly mutant: Mutant | null;
  /** One whole gateway with all that can befall it, or processes on the same budgets. */
  readonly worlds: readonly WorldKind[];
  /** Every mutant in turn, each until it is caught. */
  readonly allMutants: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

export const defaultSeeds = 300;
const mostSeeds = 1_000_000;

const usage =
  "npm run sim -- [--seed=N] [--seeds=N] [--from=N] [--mutant=NAME | --mutants] " +
  "[--world=gateway|group|splits] [--json] [--verbose]";

/** Reads the command line. Throws a sentence. */
export function readOptions(args: readonly string[]): SimulationOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      seeds: { type: "string" },
      from: { type: "string" },
      mutant: { type: "string" },
      world: { type: "string" },
      mutants: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  });
  const count = values.seed === undefined ? wholeNumber("seeds", values.seeds, defaultSeeds) : 1;
  const from = wholeNumber("seed", values.seed ?? values.from, 1);
  const mutant = values.mutant === undefined ? null : mutantOf(values.mutant);
  return {
    worlds: worldsOf(values.world ?? (mutant === null ? undefined : (mutant.world ?? "gateway"))),
    seeds: Array.from({ length: count }, (_, index) => from + index),
    isWhole: count >= defaultSeeds && values.world === undefined,
    mutant,
    allMutants: values.mutants,
    json: values.json,
    verbose: values.verbose,
  };
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && (name !== "seeds" || value <= mostSeeds)) {
    return value;
  }
  throw new Error(`Cannot read --${name}=${text}: it is not a whole number from 1 up\n${usage}`);
}

function worldsOf(name: string | undefined): readonly WorldKind[] {
  if (name === undefined) return worldKinds;
  const found = worldKinds.filter((kind) => kind === name);
  if (found.length > 0) return found;
  throw new Error(`Cannot read --world=${name}: it is none of ${worldKinds.join(", ")}\n${usage}`);
}

function mutantOf(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const known = mutants.map((mutant) => mutant.name).join(", ");
  throw new Error(`Cannot find mutant "${name}": there are ${known}`);
}
