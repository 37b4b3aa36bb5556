import { armClassOf, faults } from "@sekisho/gateway/arm-class.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { DividedBy } from "@sekisho/gateway/choice.ts";
import type { ArmBooks, EndedArmCall } from "@sekisho/gateway/splits/arm-books.ts";
import { untouched, weightsOf, type SplitState } from "@sekisho/gateway/splits/split-state.ts";
import type { SplitChangeRow, SplitStore } from "@sekisho/gateway/splits/split-store.ts";
import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";

/** A call of the split as the books of its process were told of it. */
export interface SeenCall {
  readonly id: string;
  readonly arrivedMs: number;
  readonly endedMs: number;
  readonly arm: string;
  readonly phase: number;
  readonly weight: number;
  readonly ofWeight: number;
  readonly by: DividedBy;
  readonly says: "answered" | "failed" | null;
}

/** Weights in force, and for how long. */
export interface Phase {
  readonly state: SplitState;
  readonly weights: Readonly<Record<string, number>>;
  /** Null for what the configuration says. */
  readonly row: SplitChangeRow | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What all processes together have done with a split, whatever the store has kept of it. */
export class SplitBooks {
  readonly calls: SeenCall[] = [];
  readonly #proposed = new Map<string, SplitState>();

  /** Under the mutants: what a process was to book, not what became of it. */
  watchArms(arms: ArmBooks): ArmBooks {
    return {
      ended: (call) => {
        this.#seen(call);
        return arms.ended(call);
      },
      lost: (call) => arms.lost(call),
      counts: (phase) => arms.counts(phase),
      figures: (query) => arms.figures(query),
      forgetOld: (nowMs) => arms.forgetOld(nowMs),
    };
  }

  watchStore(store: SplitStore): SplitStore {
    return {
      changes: () => store.changes(),
      states: () => store.states(),
      latest: (split, limit) => store.latest(split, limit),
      put: (state, row) => {
        this.#proposed.set(row.requestId, state);
        return store.put(state, row);
      },
    };
  }

  /** In the order in which they came, from the configuration's on. */
  phases(
    split: SplitChoice,
    rows: readonly SplitChangeRow[],
    { startWallMs, endMs }: { readonly startWallMs: number; readonly endMs: number },
  ): Phase[] {
    const states = rows.map((row) => this.#proposed.get(row.requestId) ?? untouched);
    return [untouched, ...states].map((state, n) => ({
      state,
      weights: weightsOf(split, state),
      row: rows[n - 1] ?? null,
      fromMs: (rows[n - 1]?.atMs ?? startWallMs) - startWallMs,
      toMs: n < rows.length ? (rows[n]?.atMs ?? startWallMs) - startWallMs : endMs,
    }));
  }

  #seen(ended: EndedArmCall): void {
    // Pipelines give their books whole calls; the port asks for a part of them.
    const call = ended.call as Call;
    const { id, choice } = call;
    if (choice?.kind !== "split") return;
    const { alias: arm, phase, weight, ofWeight, by } = choice;
    const outcome = armClassOf(ended);
    this.calls.push({
      id,
      arrivedMs: call.arrivedMs,
      endedMs: ended.endedMs,
      arm,
      phase,
      weight,
      ofWeight,
      by,
      says: outcome === "answered" ? "answered" : faults.has(outcome) ? "failed" : null,
    });
  }
}
