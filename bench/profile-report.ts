import { areaOf, type FunctionCost } from "./cpu-profile.ts";
import type { LoadResult } from "./load-run.ts";
import { markdownTable } from "./result-tables.ts";

const TOP_FUNCTIONS = 40;
const TOP_CALLERS = 25;
/** Smaller areas are not shown. */
const LEAST_SHARE = 0.003;
const PROJECT = /^(?:wire|lib|gateway|server)\//;

/**
 * Where the CPU of one request goes: by area, by function, and for the project's own functions
 * with all they call. Every thread of the process apart, the busiest first.
 */
export function profileReport(
  title: string,
  load: LoadResult,
  threads: readonly (readonly FunctionCost[])[],
): string {
  const cpu = (load.cpuMicros / load.answers).toFixed(1);
  const busiest = [...threads].sort((a, b) => busyMicros(b) - busyMicros(a));
  const rate = (load.answers / load.seconds).toFixed(0);
  return [
    `\n## ${title}: ${cpu} µs CPU per answer while profiled, ${rate}/s, ${load.errors} errors\n`,
    ...busiest
      .filter((costs) => busyMicros(costs) > 0)
      .map((costs, index) => threadReport(costs, index, load.answers)),
  ].join("\n");
}

function threadReport(costs: readonly FunctionCost[], index: number, answers: number): string {
  const busy = busyMicros(costs);
  const cells = (micros: number) => [
    (micros / answers).toFixed(2),
    ((micros / busy) * 100).toFixed(1),
  ];
  const areas = sumByArea(costs).map(([area, micros]) => [area, ...cells(micros)]);
  const dearest = costs
    .slice(0, TOP_FUNCTIONS)
    .map((cost) => [`${cost.name} ${cost.place}`.trim(), ...cells(cost.selfMicros)]);
  const callers = costs
    .filter(({ place }) => PROJECT.test(place))
    .sort((a, b) => b.totalMicros - a.totalMicros)
    .slice(0, TOP_CALLERS)
    .map((cost) => [`${cost.name} ${cost.place}`, ...cells(cost.totalMicros)]);
  const head = ["µs/answer", "%"];
  return [
    `### Thread ${index + 1}: ${(busy / answers).toFixed(1)} µs per answer\n`,
    markdownTable([["area", ...head], ...areas]),
    markdownTable([["function, self time", ...head], ...dearest]),
    callers.length === 0
      ? ""
      : markdownTable([["own function, with what it calls", ...head], ...callers]),
  ].join("\n");
}

function busyMicros(costs: readonly FunctionCost[]): number {
  return costs.reduce((sum, { selfMicros }) => sum + selfMicros, 0);
}

function sumByArea(costs: readonly FunctionCost[]): [string, number][] {
  const areas = new Map<string, number>();
  for (const cost of costs) {
    areas.set(areaOf(cost), (areas.get(areaOf(cost)) ?? 0) + cost.selfMicros);
  }
  const least = busyMicros(costs) * LEAST_SHARE;
  return [...areas].sort((a, b) => b[1] - a[1]).filter(([, micros]) => micros >= least);
}
