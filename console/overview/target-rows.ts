import type { CircuitLevel, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { LiveSlot, LiveTarget } from "@sekisho/wire/admin/live.ts";
import type { LiveState } from "../live/live-state.ts";
import { callFigures, countCodes, type CallFigures, type CodeCount } from "./overview-figures.ts";

/** One target, or a region or credential whose circuit is worth a look. */
export interface TargetRow {
  readonly key: string;
  readonly level: CircuitLevel;
  readonly model: string | null;
  readonly provider: string;
  readonly region: string;
  readonly credential: string | null;
  /** Does another row show the same calls? A target may have several circuits. */
  readonly isRepeated: boolean;
  /** Null for a target that has no circuit any more. */
  readonly circuit: CircuitView | null;
  readonly figures: CallFigures;
  /** Why attempts failed, the most frequent reason first. */
  readonly failures: readonly CodeCount[];
  /** Its share of all calls of the span, from 0 to 1. */
  readonly callShare: number;
}

export interface TargetRows {
  /** What needs a look first, then by calls. */
  readonly busy: readonly TargetRow[];
  /** Closed, at its full share, and not called within the span. */
  readonly idle: readonly TargetRow[];
}

/** Calls that reached no target are no target's. */
const nowhere = "";

export function targetRows(state: LiveState, spanS: number): TargetRows {
  const slots = new Map<string, LiveSlot[]>();
  for (const slot of state.slotsWithin(spanS)) {
    const known = slots.get(slot.target);
    if (known === undefined) slots.set(slot.target, [slot]);
    else known.push(slot);
  }
  slots.delete(nowhere);
  const calls = [...slots.values()].flat().reduce((sum, { requests }) => sum + requests, 0);
  const seen = new Set<string>();
  const rows = [
    ...state.circuits.map((circuit, index) => ({
      ...ofCircuit(circuit, index, slots),
      isRepeated: seen.size === seen.add(`${circuit.level} ${circuit.id}`).size,
    })),
    ...withoutCircuit(state, slots),
  ].map((row) => ({ ...row, callShare: calls === 0 ? 0 : row.figures.requests / calls }));
  const isIdle = (row: TargetRow): boolean =>
    urgency(row) === 0 && row.figures.requests === 0 && row.figures.failedAttempts === 0;
  const idle = rows.filter(isIdle);
  return {
    busy: rows.filter((row) => !isIdle(row)).sort(byUrgency),
    // A region or a credential that is well is told by its targets.
    idle: idle.filter(({ level }) => level === "target").sort(byUrgency),
  };
}

type Slots = ReadonlyMap<string, LiveSlot[]>;

function ofCircuit(
  circuit: CircuitView,
  index: number,
  slots: Slots,
): Omit<TargetRow, "isRepeated"> {
  const { level, id, provider, region, credential, model } = circuit;
  const own = level === "target" ? (slots.get(id) ?? []) : [];
  // Two policies for one target make two circuits of one id.
  const key = `${level} ${id} ${index}`;
  const place = { key, level, model, provider, region, credential, circuit };
  return { ...place, ...figuresOf(own), callShare: 0 };
}

function withoutCircuit(state: LiveState, slots: Slots): TargetRow[] {
  const known = new Set(state.circuits.map(({ id }) => id));
  const targets: LiveTarget[] = [...state.targets.values()];
  return targets
    .filter(({ id }) => id !== nowhere && !known.has(id))
    .map(({ id, provider, region, model }) => {
      const place = { level: "target", model, provider, region, credential: null } as const;
      const own = figuresOf(slots.get(id) ?? []);
      return {
        ...place,
        key: `target ${id}`,
        isRepeated: false,
        circuit: null,
        ...own,
        callShare: 0,
      };
    });
}

const figuresOf = (slots: readonly LiveSlot[]): Pick<TargetRow, "figures" | "failures"> => ({
  figures: callFigures(slots),
  failures: countCodes(slots.map(({ failedAttempts }) => failedAttempts)),
});

/** How much a row wants to be looked at. */
function urgency({ circuit }: Pick<TargetRow, "circuit">): number {
  if (circuit === null) return 0;
  if (circuit.state === "open" || circuit.isDrained) return 4;
  if (circuit.state === "half_open") return 3;
  if (circuit.forced !== null) return 2;
  return circuit.share < 1 ? 1 : 0;
}

const byUrgency = (a: TargetRow, b: TargetRow): number =>
  urgency(b) - urgency(a) || b.figures.requests - a.figures.requests || (a.key < b.key ? -1 : 1);
