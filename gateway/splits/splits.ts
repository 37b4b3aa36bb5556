import { Failure } from "@sekisho/lib/failure/failure.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { SplitChoice } from "../model-entry.ts";
import type { ArmsNow, SplitWeights } from "../split.ts";
import type { SplitChange, Standing } from "./split-change.ts";
import { untouched, weightsOf, type SplitState } from "./split-state.ts";
import type { SplitChangeRow, SplitStore } from "./split-store.ts";

export interface SplitsParts {
  readonly clock: Clock;
  readonly store: SplitStore;
  readonly writer: Pick<Writer, "commit">;
  /** Told of each change that this process has made, once it is durable. */
  readonly changed: (row: SplitChangeRow) => void;
}

/** Who changes a split. */
export interface SplitOrderer {
  readonly by: string;
  readonly requestId: string;
  /** What is to be durable together with the change, or not at all: its audit row. */
  readonly also: (change: SplitChange) => readonly Write[];
}

/** What is made of a split; null: nothing, as it stands now. */
export type MakeChange = (standing: Standing) => SplitChange | null;

/** So often a change is made over one that another process has just made. */
const changeTurns = 5;

/**
 * The weights that are in force (RTE-4): of all processes that share the file the same, each within
 * the time of a look. A change is made over the state that it has seen, or not at all.
 */
export class Splits implements SplitWeights {
  readonly #parts: SplitsParts;
  #count: number;
  #states: ReadonlyMap<string, SplitState>;
  /** Made once for each change. */
  #now = new WeakMap<SplitChoice, ArmsNow>();

  constructor(parts: SplitsParts) {
    this.#parts = parts;
    this.#count = parts.store.changes();
    this.#states = parts.store.states();
  }

  now(split: SplitChoice): ArmsNow {
    const known = this.#now.get(split);
    if (known !== undefined) return known;
    const state = this.stateOf(split.split);
    const weights = weightsOf(split, state);
    const arms = split.arms.map((arm) => ({ ...arm, weight: weights[arm.name] ?? arm.weight }));
    const now = { phase: state.phase, arms };
    this.#now.set(split, now);
    return now;
  }

  stateOf(name: string): SplitState {
    return this.#states.get(name) ?? untouched;
  }

  /** The latest changes, the newest first. */
  latest(split: string | null, limit: number): readonly SplitChangeRow[] {
    return this.#parts.store.latest(split, limit);
  }

  /** Takes what other processes have changed. */
  refresh(): void {
    const { store } = this.#parts;
    // Counted first: a change in between is read twice rather than missed.
    const count = store.changes();
    if (count === this.#count) return;
    this.#states = store.states();
    this.#now = new WeakMap();
    this.#count = count;
  }

  /**
   * Makes a change durable and puts it into force; null where `make` wants none. Throws what `make`
   * throws, and Failure `conflict` where others are faster each time.
   */
  async change(
    split: SplitChoice,
    make: MakeChange,
    { by, requestId, also }: SplitOrderer,
  ): Promise<SplitChangeRow | null> {
    const { clock, store, writer, changed } = this.#parts;
    for (let turn = 1; turn <= changeTurns; turn++) {
      this.refresh();
      const nowMs = clock.wallMs();
      const change = make({ split, state: this.stateOf(split.split), nowMs });
      if (change === null) return null;
      const { event, arm, state, words } = change;
      const about = { atMs: nowMs, split: split.split, phase: state.phase, event, arm };
      const row = { ...about, by, requestId, words };
      try {
        await writer.commit([...store.put(state, row), ...also(change)], "power");
      } catch (error) {
        if (!isConflict(error)) throw error;
        continue;
      }
      this.refresh();
      changed(row);
      return row;
    }
    const why = "others have changed it at the same time";
    throw new Failure<Code>("conflict", `Cannot change split "${split.split}": ${why}`);
  }
}
