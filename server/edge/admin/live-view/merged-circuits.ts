import {
  circuitSeverity,
  type CircuitChange,
  type CircuitOfProcess,
  type CircuitView,
} from "@sekisho/wire/admin/circuits.ts";
import type { CircuitsPart } from "./live-part.ts";

/** The circuits and their changes of a group of processes. */
export interface GroupCircuits {
  readonly circuits: readonly CircuitView[];
  /** Oldest first. */
  readonly changes: readonly CircuitChange[];
}

/** Each circuit as it is where it is worst off, with how it is in each process. */
export function mergedCircuits(parts: readonly CircuitsPart[]): GroupCircuits {
  const [only] = parts;
  if (parts.length === 1 && only?.process === null) return only;
  const found = new Map<string, { worst: CircuitView; processes: CircuitOfProcess[] }>();
  for (const { process, circuits } of parts) {
    for (const view of circuits) {
      const key = keyOf(view);
      const known = found.get(key) ?? { worst: view, processes: [] };
      found.set(key, known);
      if (isWorse(view, known.worst)) known.worst = view;
      known.processes.push(stateIn(process ?? 0, view));
    }
  }
  const circuits = [...found.values()].map(({ worst, processes }) => ({
    ...worst,
    processes: processes.toSorted((one, other) => one.process - other.process),
  }));
  return { circuits, changes: mergedChanges(parts) };
}

const mergedChanges = (parts: readonly CircuitsPart[]): CircuitChange[] =>
  parts
    .flatMap(({ process, changes }) =>
      changes.map((change) => (process === null ? change : { ...change, process })),
    )
    .toSorted((one, other) => one.atMs - other.atMs);

/** Targets that several models rest by other settings have a circuit for each. */
const keyOf = ({ level, id, aliases }: CircuitView): string => JSON.stringify([level, id, aliases]);

const stateIn = (
  process: number,
  { state, forced, recentFailures, retryInMs, share }: CircuitView,
): CircuitOfProcess => ({ process, state, forced, recentFailures, retryInMs, share });

function isWorse(one: CircuitView, other: CircuitView): boolean {
  const bySeverity = circuitSeverity[one.state] - circuitSeverity[other.state];
  if (bySeverity !== 0) return bySeverity > 0;
  if (one.share !== other.share) return one.share < other.share;
  return one.recentFailures > other.recentFailures;
}
