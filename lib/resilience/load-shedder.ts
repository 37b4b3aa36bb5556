/** How loaded this process is. */
export interface LoadSample {
  /** How long work that is ready waits for the event loop. */
  readonly lagMs: number;
  /** The used part of the memory that the heap may have, 0 to 1. */
  readonly heapShare: number;
  /** How long the longest waiting work has waited for its turn in here. */
  readonly queueAgeMs: number;
}

export type LoadTrigger = keyof LoadSample;

/** Above these work is refused; null: never for this reason. */
export type LoadLimits = Readonly<Record<LoadTrigger, number | null>>;

/** So many classes of work are refused, from the least important one on: 0 none, 4 all. */
export type LoadLevel = 0 | 1 | 2 | 3 | 4;

interface TriggerRule {
  /** What a value must pass for each level above 0. */
  readonly rungs: (limit: number) => readonly [number, number, number, number];
  /** A level is left when the value is below this part of its rung: else it would come and go. */
  readonly release: number;
}

/**
 * Work that says nothing of itself is of the second class: it is refused only where it would wait
 * for seconds. A machine with too few processors for its programs is at the second level already.
 */
const growing: TriggerRule = {
  rungs: (limit) => [limit, 2 * limit, 20 * limit, 80 * limit],
  release: 0.8,
};

/** A heap cannot be twice as full as full: its rungs share what is left above the limit. */
const filling: TriggerRule = {
  rungs: (limit) => {
    const left = 1 - limit;
    return [limit, limit + left / 3, limit + (2 * left) / 3, limit + 0.9 * left];
  },
  release: 0.95,
};

const rules = {
  lagMs: growing,
  heapShare: filling,
  queueAgeMs: growing,
} as const satisfies Record<LoadTrigger, TriggerRule>;

const triggers: readonly LoadTrigger[] = ["lagMs", "heapShare", "queueAgeMs"];

const levels: readonly LoadLevel[] = [0, 1, 2, 3, 4];

/**
 * The least time between two steps up. Longer than the lag's window, so that a lone pause of the
 * event loop, however long, costs one step.
 */
const riseMs = 2_500;

/** How long all values must have been low for a step down; then for the next one. */
export const calmMs = 2_500;

/**
 * Decides how much work is refused under load: one level up or down at a time, up when a value
 * passes the rung of a higher level, down when all values have been well below the rung of this
 * one for a while. It is told samples and the time, and asks for neither.
 */
export class LoadShedder {
  #limits: LoadLimits;
  #level: LoadLevel = 0;
  #roseMs = -Infinity;
  #calmSinceMs: number | null = null;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  get level(): LoadLevel {
    return this.#level;
  }

  /** Takes other limits; the level goes on from where it is. */
  configure(limits: LoadLimits): void {
    this.#limits = limits;
  }

  /** Takes a sample; times must not go back. Returns the level from now on. */
  sample(sample: LoadSample, nowMs: number): LoadLevel {
    const reached = levelOf(sample, this.#limits);
    if (reached > this.#level) {
      this.#calmSinceMs = null;
      if (nowMs - this.#roseMs >= riseMs) this.#rise(nowMs);
    } else if (this.#level === 0 || levelOf(sample, this.#limits, true) >= this.#level) {
      this.#calmSinceMs = null;
    } else {
      this.#calmSinceMs ??= nowMs;
      if (nowMs - this.#calmSinceMs >= calmMs) this.#fall(nowMs);
    }
    return this.#level;
  }

  #rise(nowMs: number): void {
    this.#level = levels[this.#level + 1] ?? this.#level;
    this.#roseMs = nowMs;
  }

  #fall(nowMs: number): void {
    this.#level = levels[this.#level - 1] ?? 0;
    this.#calmSinceMs = nowMs;
  }
}

/** The highest level that a value passes the rung of, or still holds at its release. */
const levelOf = (sample: LoadSample, limits: LoadLimits, isHeld = false): number =>
  Math.max(
    ...triggers.map((trigger) => {
      const limit = limits[trigger];
      if (limit === null) return 0;
      const { rungs, release } = rules[trigger];
      const factor = isHeld ? release : 1;
      return rungs(limit).filter((rung) => sample[trigger] > rung * factor).length;
    }),
  );
