import { StepRing } from "@sekisho/lib/telemetry/step-ring.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import {
  liveSlotS,
  liveSlots,
  liveSpanS,
  type LiveFrame,
  type LiveRefusals,
  type LiveSecond,
  type LiveTarget,
} from "@sekisho/wire/admin/live.ts";
import type { Target } from "../target.ts";
import { RecentTarget, type EndedCall } from "./recent-target.ts";

/** Further targets count as one, `other`: what is kept of each is up to 90 KiB. */
const targetLimit = 200;
const other: LiveTarget = { id: "other", provider: "other", region: "other", model: "other" };
const nowhere: LiveTarget = { id: "", provider: "none", region: "none", model: "none" };

/** Codes are those of the table, some sixty. */
interface Refusals {
  readonly slot: number;
  readonly codes: Map<string, number>;
}

const column = { requests: 0, errors: 1, refused: 2, inputTokens: 3, outputTokens: 4 };

/** What happened since the frame before: see `LiveFrame`. */
export type RecentFrame = Pick<LiveFrame, "second" | "seconds" | "targets" | "slots" | "refusals">;

/**
 * Figures of the last 15 minutes, for whoever begins to look: by the second for all calls, by
 * ten seconds for each target. Counting is a few additions; no timer runs. Times are monotonic.
 */
export class RecentCalls {
  readonly #clock: Clock;
  readonly #originMs: number;
  readonly #seconds = new StepRing(liveSpanS, Object.keys(column).length);
  readonly #refusals: Refusals[] = [];
  readonly #targets = new Map<string, { readonly view: LiveTarget; readonly past: RecentTarget }>();

  /** `originMs` is added to times: processes whose figures are added count from one start. */
  constructor(clock: Clock, originMs: number = 0) {
    this.#clock = clock;
    this.#originMs = originMs;
  }

  /** The call is over; `target` is where it was served, null when nowhere. */
  ended(target: Target | null, call: EndedCall, endedMs: number): void {
    const second = this.#secondOf(endedMs);
    this.#seconds.add(second, column.requests, 1);
    if (call.isError) this.#seconds.add(second, column.errors, 1);
    this.#seconds.add(second, column.inputTokens, call.inputTokens);
    this.#seconds.add(second, column.outputTokens, call.outputTokens);
    this.#past(target).ended(slotOf(second), call);
  }

  attemptFailed(target: Target, code: string, endedMs: number): void {
    this.#past(target).failed(slotOf(this.#secondOf(endedMs)), code);
  }

  refused(code: string): void {
    const second = this.#secondOf(this.#clock.monotonicMs());
    this.#seconds.add(second, column.refused, 1);
    const slot = slotOf(second);
    let last = this.#refusals.at(-1);
    if (last === undefined || last.slot < slot) {
      last = { slot, codes: new Map() };
      this.#refusals.push(last);
      while ((this.#refusals[0]?.slot ?? Infinity) <= slot - liveSlots) this.#refusals.shift();
    }
    last.codes.set(code, (last.codes.get(code) ?? 0) + 1);
  }

  /** Everything when `since` is null, else what may have changed since that second. */
  frame(since: number | null): RecentFrame {
    const second = this.#secondOf(this.#clock.monotonicMs());
    // Ends are told some microseconds late: the last second that was told is told once more.
    const first = Math.max(second - liveSpanS, since === null ? -Infinity : since - 1);
    const slot = since === null ? slotOf(second) - liveSlots + 1 : slotOf(first);
    const past = [...this.#targets.values()].filter((each) => each.past.touched >= slot);
    return {
      second,
      seconds: this.#rows(first, second, since === null),
      targets: past.map(({ view }) => view),
      slots: past.flatMap((each) => [...each.past.since(slot)]),
      refusals: this.#refusals.filter((each) => each.slot >= slot).map(refusalsView),
    };
  }

  #rows(first: number, end: number, isSparse: boolean): LiveSecond[] {
    const rows: LiveSecond[] = [];
    for (let second = first; second < end; second++) {
      const value = (index: number): number => this.#seconds.get(second, index);
      const requests = value(column.requests);
      const refused = value(column.refused);
      if (isSparse && requests === 0 && refused === 0) continue;
      const tokens = [value(column.inputTokens), value(column.outputTokens)] as const;
      rows.push([second, requests, value(column.errors), refused, ...tokens]);
    }
    return rows;
  }

  #secondOf(ms: number): number {
    return Math.floor((ms + this.#originMs) / 1_000);
  }

  #past(target: Target | null): RecentTarget {
    const known = this.#targets.get(target?.id ?? "");
    if (known !== undefined) return known.past;
    if (target === null) return this.#begin(nowhere);
    // Names that a wildcard makes share its circuit, and are one here too.
    const { id, provider, region, circuitName: model } = target;
    if (this.#targets.size < targetLimit) return this.#begin({ id, provider, region, model });
    return this.#targets.get(other.id)?.past ?? this.#begin(other);
  }

  #begin(view: LiveTarget): RecentTarget {
    const past = new RecentTarget(view.id);
    this.#targets.set(view.id, { view, past });
    return past;
  }
}

const slotOf = (second: number): number => Math.floor(second / liveSlotS);
const refusalsView = ({ slot, codes }: Refusals): LiveRefusals => ({
  slot,
  codes: Object.fromEntries(codes),
});
