import type { Mutant } from "./mutants/mutant.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { World, type WorldOutcome } from "./world.ts";

/** Worlds that may be played to make one smaller. */
const mostPlays = 400;

/** One thing that happens in a scenario, by its name. */
type Element = string;

const elementsOf = ({ requests, episodes, disturbances }: Scenario): Element[] => [
  ...disturbances.map(({ id }) => id),
  ...episodes.map(({ id }) => id),
  ...requests.map(({ n }) => `request ${n}`),
];

const only = (scenario: Scenario, kept: ReadonlySet<Element>): Scenario => ({
  ...scenario,
  shares: keptShares(scenario, kept),
  requests: scenario.requests.filter(({ n }) => kept.has(`request ${n}`)),
  episodes: scenario.episodes.filter(({ id }) => kept.has(id)),
  disturbances: scenario.disturbances.filter(({ id }) => kept.has(id)),
});

/** Shares are those of all their requests, or of none. */
function keptShares(
  { shares, requests }: Scenario,
  kept: ReadonlySet<Element>,
): Scenario["shares"] {
  const own = requests.filter(({ n }) => shares !== null && n >= shares.beginN && n < shares.toN);
  return own.every(({ n }) => kept.has(`request ${n}`)) ? shares : null;
}

export interface Minimised {
  readonly scenario: Scenario;
  readonly outcome: WorldOutcome;
  readonly plays: number;
}

/**
 * The smallest scenario that was found to break the same rule: parts are left out, in halves, in
 * quarters and one by one, for as long as it does. Everything that happens draws from a source of
 * its own, so what is left happens as before.
 */
export async function minimise(
  scenario: Scenario,
  rule: string,
  mutant: Mutant | null,
): Promise<Minimised> {
  let plays = 0;
  const play = async (kept: readonly Element[]): Promise<Minimised | null> => {
    plays += 1;
    const smaller = only(scenario, new Set(kept));
    const options = { keepsTrace: true, ...(mutant === null ? {} : { mutant }) };
    const outcome = await new World(smaller, options).play();
    return outcome.violation?.rule === rule ? { scenario: smaller, outcome, plays } : null;
  };
  let kept = elementsOf(scenario);
  let best = await play(kept);
  if (best === null) throw new Error(`Cannot minimise seed ${scenario.seed}: it keeps ${rule}`);
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < kept.length && plays < mostPlays;) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      const found = await play(without);
      if (found === null) at += size;
      else [best, kept] = [found, without];
    }
  }
  return { ...best, plays };
}
