import type { Dice } from "../base/dice.ts";
import type { Episode } from "../scenario/scenario.ts";
import { faults, faultsOfEpisode, type Fault } from "./faults.data.ts";

/** What a provider's state does to one call. */
export interface Conditions {
  readonly fault: Fault;
  /** How many times slower than usual. */
  readonly slowness: number;
  /** After the healing answers are quick: what misses a deadline is the gateway's fault. */
  readonly isHealed: boolean;
}

const flapMs = 5_000;
const brownOutSlowness = 10;

// Object.keys forgets the keys' type.
const allFaults = Object.keys(faults) as (keyof typeof faults)[];

/** To whom a call goes, and when. */
export interface CallPlace {
  readonly region: string;
  readonly provider: string;
  readonly credential: string;
  readonly model: string;
  readonly nowMs: number;
}

const isWithin = ({ scope }: Episode, at: CallPlace): boolean =>
  [
    [scope.region, at.region],
    [scope.provider, at.provider],
    [scope.credential, at.credential],
    [scope.model, at.model],
  ].every(([wanted, is]) => wanted === null || wanted === is);

/** The state of every provider over time. */
export class Weather {
  readonly #episodes: readonly Episode[];
  readonly #healMs: number;

  constructor(episodes: readonly Episode[], healMs: number) {
    this.#episodes = episodes;
    this.#healMs = healMs;
  }

  conditions(at: CallPlace, isStream: boolean, dice: Dice): Conditions {
    const isHealed = at.nowMs >= this.#healMs;
    let slowness = 1;
    for (const episode of this.#episodes) {
      if (!this.#covers(episode, at)) continue;
      if (episode.kind === "brown-out") slowness = brownOutSlowness;
      else if (dice.chance(episode.share)) {
        return { fault: faultOf(episode, isStream, dice), slowness, isHealed };
      }
    }
    return { fault: "none", slowness, isHealed };
  }

  #covers(episode: Episode, at: CallPlace): boolean {
    const { nowMs } = at;
    if (nowMs >= this.#healMs || !isWithin(episode, at)) return false;
    if (nowMs < episode.fromMs || nowMs >= episode.toMs) return false;
    if (episode.kind !== "flapping") return true;
    return Math.floor((nowMs - episode.fromMs) / flapMs) % 2 === 0;
  }
}

function faultOf({ kind }: Episode, isStream: boolean, dice: Dice): Fault {
  const own: readonly Fault[] | null = faultsOfEpisode[kind];
  if (own !== null) return dice.pick(own);
  const column = isStream ? "stream" : "whole";
  // One share for each fault, by construction.
  const shares = Object.fromEntries(allFaults.map((fault) => [fault, faults[fault][column]])) as {
    [Each in keyof typeof faults]: number;
  };
  return dice.weighted(shares);
}
