import type { CandidateName } from "./candidate.ts";
import { figure, type FigureName, type Results, type TestName } from "./results.ts";

export interface Verdict {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly state: "reached" | "missed" | "not measured";
}

interface Target {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly limit: number;
  /** The limit is a floor instead of a ceiling. */
  readonly atLeast?: true;
  /** A yardstick that is only there when asked for is not reported when it is missing. */
  readonly optional?: true;
  readonly value: (results: Results) => number;
}

/** How much more a second wave may need before it counts as more: two peaks are never equal. */
const WAVE_TOLERANCE = 1.05;

/** A figure beside errors says nothing about the target, whichever side of the limit it is on. */
const of = (test: TestName, name: FigureName, candidate: CandidateName = "sekisho") => {
  return (results: Results) => {
    const errors = figure(results, { test, candidate }, "errors");
    return errors > 0 && name !== "errors"
      ? Number.NaN
      : figure(results, { test, candidate }, name);
  };
};

const times = (test: TestName, candidate: CandidateName, to: CandidateName) => {
  return (results: Results) =>
    of(test, "cpuMicros", candidate)(results) / of(test, "cpuMicros", to)(results);
};

const overMs = (test: TestName, name: FigureName, to: CandidateName) => (results: Results) =>
  (of(test, name)(results) - of(test, name, to)(results)) / 1000;

/** The targets of performance.md (PRF), all for Sekisho with every stage on. */
const targets: readonly Target[] = [
  ...cpuTargets("PRF-1", { test: "json", what: "JSON", limit: 85 }),
  ...cpuTargets("PRF-2", { test: "burst", what: "64-chunk stream", limit: 140 }),
  cpuTarget("PRF-2", { test: "converse", what: "64-event Converse stream", limit: 160 }),
  cpuTarget("PRF-3", { test: "translated", what: "translated 64-chunk stream", limit: 350 }),
  cpuTarget("PRF-3", { test: "sign", what: "signature of 1 KB", limit: 20 }),
  {
    id: "PRF-4",
    what: "added latency at 200/s, p50",
    unit: "ms",
    limit: 0.5,
    value: overMs("lat", "latencyP50", "direct"),
  },
  {
    id: "PRF-4",
    what: "added latency at 200/s, p99",
    unit: "ms",
    limit: 2.5,
    value: overMs("lat", "latencyP99", "direct"),
  },
  {
    id: "PRF-4",
    what: "first token over raw Node, p50",
    unit: "ms",
    limit: 0.25,
    value: overMs("ttft", "firstEventP50", "raw"),
  },
  { id: "PRF-5", what: "errors in both waves", unit: "", limit: 0, value: of("hold", "errors") },
  {
    id: "PRF-5",
    what: "memory per 1,000 streams",
    unit: "MB",
    limit: 50,
    value: of("hold", "mbPer1000"),
  },
  {
    id: "PRF-5",
    what: "second wave to first",
    unit: "×",
    limit: WAVE_TOLERANCE,
    value: (results) => of("hold", "secondPeakMb")(results) / of("hold", "firstPeakMb")(results),
  },
  cpuTarget("PRF-7", { test: "cache", what: "kept answer", limit: 45 }),
  {
    id: "PRF-7",
    what: "kept answer at 200/s, p99",
    unit: "ms",
    limit: 2,
    value: (results) => of("cachelat", "latencyP99")(results) / 1000,
  },
  cpuTarget("PRF-7", { test: "replay", what: "repeated answer", limit: 45 }),
  {
    id: "PRF-7",
    what: "repeated answer at 200/s, p99",
    unit: "ms",
    limit: 2,
    value: (results) => of("replaylat", "latencyP99")(results) / 1000,
  },
  {
    id: "PRF-10",
    what: "start to ready",
    unit: "s",
    limit: 0.8,
    value: (results) => of("start", "readyMs")(results) / 1000,
  },
];

interface CpuLimit {
  readonly test: TestName;
  readonly what: string;
  readonly limit: number;
}

function cpuTarget(id: string, { test, what, limit }: CpuLimit): Target {
  return { id, what: `CPU per ${what}`, unit: "µs", limit, value: of(test, "cpuMicros") };
}

function cpuTargets(id: string, cpu: CpuLimit): readonly Target[] {
  const { test, what } = cpu;
  return [
    cpuTarget(id, cpu),
    {
      id,
      what: `CPU per ${what} to HAProxy`,
      unit: "×",
      limit: 5,
      value: times(test, "sekisho", "haproxy"),
    },
    {
      id,
      what: `Portkey's CPU per ${what}`,
      unit: "×",
      limit: 8,
      atLeast: true,
      optional: true,
      value: times(test, "portkey", "sekisho"),
    },
  ];
}

/** One verdict for each target; a target that was not measured is named, not passed. */
export function judge(results: Results): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const { value: valueOf, atLeast, optional, ...target } of targets) {
    const value = valueOf(results);
    if (Number.isNaN(value) && optional) continue;
    verdicts.push({ ...target, value, state: stateOf(value, target.limit, atLeast === true) });
  }
  return verdicts;
}

function stateOf(value: number, limit: number, atLeast: boolean): Verdict["state"] {
  if (Number.isNaN(value)) return "not measured";
  return (atLeast ? value >= limit : value <= limit) ? "reached" : "missed";
}

export function verdictLine({ id, what, value, limit, unit, state }: Verdict): string {
  if (state === "not measured") return `${id.padEnd(6)} not measured  ${what}`;
  const compared = value <= limit ? "≤" : ">";
  const shown = `${round(value)} ${compared} ${limit} ${unit}`.trim();
  return `${id.padEnd(6)} ${state.padEnd(12)}  ${what}: ${shown}`;
}

function round(value: number): string {
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
