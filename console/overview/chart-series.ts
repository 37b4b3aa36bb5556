import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { liveSlotS, type LiveSlot } from "@sekisho/wire/admin/live.ts";
import type { LiveState, secondColumn } from "../live/live-state.ts";
import type { ChartColumns } from "../parts/chart-columns.ts";
import { mergeInto, percentilesOf, type Percentiles } from "../parts/percentiles.ts";

/** What of an answer is timed. */
export type Timing = "firstToken" | "total";

/** About sixty to ninety points for each span that can be chosen. */
export const binS = (spanS: number): number => (spanS <= 60 ? 1 : spanS <= 300 ? 5 : 10);

type Column = (typeof secondColumn)[keyof typeof secondColumn];

/**
 * Sums per second of some columns, by bins that keep their place while time goes on. The last bin
 * is the mean of the seconds that it has.
 */
export function rateColumns(
  state: LiveState,
  spanS: number,
  columns: readonly Column[],
): ChartColumns {
  const width = binS(spanS);
  const last = state.second - 1;
  const first = Math.floor((state.second - spanS) / width) * width;
  const starts: number[] = [];
  for (let start = first; start <= last; start += width) starts.push(start);
  const lines = columns.map((column) =>
    starts.map((start) => {
      const end = Math.min(start + width - 1, last);
      return state.seconds.sum(column, start, end) / (end - start + 1);
    }),
  );
  return [starts.map((start) => state.epochS(start)), ...lines];
}

/** p50, p95 and p99 of every slot of the span. */
export function latencyColumns(state: LiveState, spanS: number, timing: Timing): ChartColumns {
  const first = state.firstSlot(spanS);
  const last = Math.floor(state.second / liveSlotS);
  const bySlot = new Map<number, LiveSlot[]>();
  for (const slot of state.slotsWithin(spanS)) {
    const known = bySlot.get(slot.slot);
    if (known === undefined) bySlot.set(slot.slot, [slot]);
    else known.push(slot);
  }
  const points: Percentiles[] = [];
  const times: number[] = [];
  for (let slot = first; slot <= last; slot++) {
    times.push(state.epochS(slot * liveSlotS));
    points.push(percentilesAt(bySlot.get(slot) ?? [], timing));
  }
  return [
    times,
    points.map(({ p50 }) => p50),
    points.map(({ p95 }) => p95),
    points.map(({ p99 }) => p99),
  ];
}

function percentilesAt(slots: readonly LiveSlot[], timing: Timing): Percentiles {
  const histogram = new Histogram();
  for (const slot of slots) {
    mergeInto(histogram, timing === "total" ? slot.totalUs : slot.firstTokenUs);
  }
  return percentilesOf(histogram, 1_000);
}
