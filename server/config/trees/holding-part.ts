import { BlindSpots } from "./blind-spots.ts";
import type { ConfigPath } from "../config-path.ts";
import { MendedTree } from "./mended-tree.ts";
import type { Finding } from "../problem.ts";
import { configSchema, type ConfigShape } from "../schema.ts";
import type { JsonMap } from "../schema/schema-walk.ts";
import { explainIssue } from "../wording/explain-issue.ts";
import { shapeProblems } from "../wording/shape-problems.ts";

/** What a tree says, as far as it can be read. */
export interface HoldingPart {
  /** Null where too little of it can be read to look any further. */
  readonly config: ConfigShape | null;
  /** Every fault of its shape. */
  readonly faults: readonly Finding[];
  /** Where something else stands in the configuration than in the tree. */
  readonly blind: BlindSpots;
}

/** Each takes what was faulty a level up at most; nothing is nested deeper. */
const maxRounds = 12;

/** Each costs a copy of the maps around it, and nobody reads more faults at once. */
const maxGivenWay = 200;

/**
 * Validates a tree, and where it has faults what is left of it without them: a file is mended in
 * one go, not one layer of faults after the other. `unreadable` are places whose fault is known.
 */
export function holdingPart(
  tree: JsonMap,
  written: ReadonlyMap<string, string>,
  unreadable: readonly ConfigPath[],
): HoldingPart {
  const blind = new BlindSpots();
  const mended = new MendedTree(tree);
  const giveWay = (paths: readonly ConfigPath[]): void => {
    for (const path of [...paths, ...mended.mend(paths)]) blind.add(path);
  };
  const faults: Finding[] = [];
  if (unreadable.length > maxGivenWay) return { config: null, faults, blind };
  giveWay(unreadable);
  for (let round = 0; round < maxRounds; round += 1) {
    // `jitless`: the program never makes code from text (SEC-13).
    const parsed = configSchema.safeParse(mended.tree, { error: explainIssue, jitless: true });
    if (parsed.success) return { config: parsed.data, faults, blind };
    const validated = { schema: configSchema, tree: mended.tree, written };
    const found = shapeProblems(parsed.error.issues, validated);
    // Later ones may follow from what has given way.
    const isEcho = (each: Finding): boolean =>
      round === 0 ? blind.touches(each.path) : blind.hides(each);
    faults.push(...found.filter((each) => !isEcho(each)));
    if (found.length > maxGivenWay) break;
    giveWay(found.map(({ path }) => path));
    for (const place of found.flatMap(({ about = [] }) => about)) blind.add(place);
  }
  return { config: null, faults, blind };
}
