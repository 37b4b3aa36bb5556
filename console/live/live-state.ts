import { StepRing } from "@sekisho/lib/telemetry/step-ring.ts";
import type { CircuitChange, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import {
  liveAlerts,
  liveSlotS,
  liveSlots,
  liveSpanS,
  type CodeCounts,
  type LiveAlert,
  type LiveFrame,
  type LiveSlot,
  type LiveTarget,
  type LiveToday,
} from "@sekisho/wire/admin/live.ts";

/** Columns of `LiveState.seconds`. */
export const secondColumn = {
  requests: 0,
  errors: 1,
  refused: 2,
  inputTokens: 3,
  outputTokens: 4,
} as const;

const changesKept = 50;

/**
 * All that a page knows of the last 15 minutes. Frames are applied in place; what is older than
 * that is forgotten, so that a page that is open for days stays as large as it is (CON-1).
 */
export class LiveState {
  /** The second under way, in the numbering of the gateway. */
  second = 0;
  /** The gateway's clock at the last frame, and ours. */
  wallMs = 0;
  receivedMs = 0;
  todayReceivedMs = 0;
  running = 0;
  seconds = emptySeconds();
  circuits: readonly CircuitView[] = [];
  changes: readonly CircuitChange[] = [];
  /** The latest, the oldest of them first. */
  alerts: readonly LiveAlert[] = [];
  today: LiveToday | null = null;
  readonly targets = new Map<string, LiveTarget>();
  readonly #slots = new Map<string, Map<number, LiveSlot>>();
  readonly #refusals = new Map<number, CodeCounts>();

  /** Everything, of a connection that begins. */
  begin(frame: LiveFrame, nowMs: number): void {
    this.seconds = emptySeconds();
    this.changes = [];
    this.alerts = [];
    this.targets.clear();
    this.#slots.clear();
    this.#refusals.clear();
    this.apply(frame, nowMs);
  }

  /** What is new. */
  apply(frame: LiveFrame, nowMs: number): void {
    this.second = frame.second;
    this.wallMs = frame.wallMs;
    this.receivedMs = nowMs;
    this.running = frame.running;
    for (const [second, ...values] of frame.seconds) {
      for (const [column, value] of values.entries()) this.seconds.set(second, column, value);
    }
    for (const target of frame.targets) this.targets.set(target.id, target);
    for (const slot of frame.slots) this.#slotsOf(slot.target).set(slot.slot, slot);
    for (const { slot, codes } of frame.refusals) this.#refusals.set(slot, codes);
    if (frame.circuits !== null) this.circuits = frame.circuits;
    if (frame.today !== null) {
      this.today = frame.today;
      this.todayReceivedMs = nowMs;
    }
    if (frame.changes.length > 0) this.changes = joined(this.changes, frame.changes);
    if (frame.alerts.length > 0) this.alerts = alertsJoined(this.alerts, frame.alerts);
    this.#forget();
  }

  /** The slots of the last `spanS` seconds, the one under way included. */
  *slotsWithin(spanS: number): Generator<LiveSlot> {
    const first = this.firstSlot(spanS);
    for (const slots of this.#slots.values()) {
      for (const slot of slots.values()) if (slot.slot >= first) yield slot;
    }
  }

  *refusalsWithin(spanS: number): Generator<CodeCounts> {
    const first = this.firstSlot(spanS);
    for (const [slot, codes] of this.#refusals) if (slot >= first) yield codes;
  }

  /** The first slot that lies within the last `spanS` seconds as a whole. */
  firstSlot(spanS: number): number {
    return Math.ceil((this.second - spanS) / liveSlotS);
  }

  /** The instant at which a second of the gateway's numbering began, in epoch seconds. */
  epochS(second: number): number {
    return Math.floor(this.wallMs / 1_000) - this.second + second;
  }

  #slotsOf(target: string): Map<number, LiveSlot> {
    const known = this.#slots.get(target) ?? new Map<number, LiveSlot>();
    this.#slots.set(target, known);
    return known;
  }

  #forget(): void {
    const oldest = Math.floor(this.second / liveSlotS) - liveSlots;
    for (const [target, slots] of this.#slots) {
      for (const slot of slots.keys()) if (slot <= oldest) slots.delete(slot);
      if (slots.size > 0) continue;
      this.#slots.delete(target);
      this.targets.delete(target);
    }
    for (const slot of this.#refusals.keys()) if (slot <= oldest) this.#refusals.delete(slot);
  }
}

const emptySeconds = (): StepRing => new StepRing(liveSpanS, Object.keys(secondColumn).length);

/** A page that comes in between two frames hears of a change twice. */
function joined(
  known: readonly CircuitChange[],
  more: readonly CircuitChange[],
): readonly CircuitChange[] {
  const key = ({ atMs, level, id, to }: CircuitChange): string => `${atMs} ${level} ${id} ${to}`;
  const all = new Map([...known, ...more].map((change) => [key(change), change]));
  return [...all.values()].slice(-changesKept);
}

/** So does it of an alert. One that waited for the database has the instant of long before. */
const alertsJoined = (
  known: readonly LiveAlert[],
  more: readonly LiveAlert[],
): readonly LiveAlert[] =>
  [...new Map([...known, ...more].map((alert) => [alert.id, alert])).values()]
    .toSorted((one, other) => one.atMs - other.atMs)
    .slice(-liveAlerts);
