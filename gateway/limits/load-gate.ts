import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  calmMs,
  type LoadLevel,
  type LoadLimits,
  type LoadSample,
  LoadShedder,
} from "@sekisho/lib/resilience/load-shedder.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import {
  criticalities,
  type Criticality,
  lesserCriticality,
  usualCriticality,
} from "@sekisho/wire/criticality.ts";
import type { Principal } from "../principal.ts";

/** How loaded the process is, and what it refuses therefore. */
export interface LoadState {
  readonly level: LoadLevel;
  /** The most important first. */
  readonly refused: readonly Criticality[];
  readonly sample: LoadSample;
}

/** Who counts and tells what the gate does. */
export interface LoadObserver {
  sampled(state: LoadState): void;
  /** The level is another than it was. */
  changed(state: LoadState, before: LoadLevel): void;
  refused(criticality: Criticality): void;
}

const classesByRank = criticalities.toReversed();

/** The level at which a class is refused: the least important one from the first level on. */
const rankOf = (criticality: Criticality): number => classesByRank.indexOf(criticality) + 1;

const unloaded: LoadSample = { lagMs: 0, heapShare: 0, queueAgeMs: 0 };

/**
 * Refuses calls that can wait while the process has too much to do (RTE-17). What the load is, it
 * is told a few times a second; a call compares two small numbers.
 */
export class LoadGate {
  readonly #shedder: LoadShedder;
  readonly #observer: LoadObserver;
  #state: LoadState = { level: 0, refused: [], sample: unloaded };

  constructor(limits: LoadLimits, observer: LoadObserver) {
    this.#shedder = new LoadShedder(limits);
    this.#observer = observer;
  }

  get state(): LoadState {
    return this.#state;
  }

  /** Takes the limits of a new configuration. */
  configure(limits: LoadLimits): void {
    this.#shedder.configure(limits);
  }

  /** The load at this moment, on the monotonic clock. */
  sampled(sample: LoadSample, nowMs: number): void {
    const before = this.#state.level;
    const level = this.#shedder.sample(sample, nowMs);
    this.#state = { level, refused: classesByRank.slice(0, level).toReversed(), sample };
    this.#observer.sampled(this.#state);
    if (level !== before) this.#observer.changed(this.#state, before);
  }

  /**
   * Throws Failure `overloaded` when calls of this criticality are refused now. `claimed` is what
   * the request says of itself, null when it says nothing; the key may not allow as much.
   */
  check(principal: Principal, claimed: Criticality | null): void {
    const { level } = this.#state;
    if (level === 0) return;
    const criticality = lesserCriticality(claimed ?? usualCriticality, principal.criticality);
    const rank = rankOf(criticality);
    if (rank > level) return;
    this.#observer.refused(criticality);
    throw refusal(criticality, level, rank);
  }
}

function refusal(criticality: Criticality, level: LoadLevel, rank: number): Failure<Code> {
  const taken = classesByRank[level];
  const limit = taken === undefined ? "none is taken" : `${taken} is the least that is taken`;
  return new Failure<Code>(
    "overloaded",
    `Cannot take the call: it is ${criticality}, and under the load of this moment ${limit}`,
    // The load falls by a level in this time, if it falls.
    { retryAfterMs: (level - rank + 1) * calmMs },
  );
}
