import type { CandidateName } from "./candidate.ts";
import { figure, ratio, type FigureName, type Results, type TestName } from "./results.ts";
import { workloads } from "./workloads.ts";

interface Column {
  readonly head: string;
  readonly cell: (results: Results, place: { test: TestName; candidate: CandidateName }) => string;
}

const plain = (head: string, name: FigureName, digits = 0): Column => ({
  head,
  cell: (results, place) => number(figure(results, place, name), digits),
});

const millis = (head: string, name: FigureName): Column => ({
  head,
  cell: (results, place) => number(figure(results, place, name) / 1000, 2),
});

const percent = (head: string, name: FigureName): Column => ({
  head,
  cell: (results, place) => number(figure(results, place, name) * 100, 0),
});

const times = (head: string, to: CandidateName, name: FigureName): Column => ({
  head,
  cell: (results, place) => number(ratio(results, { ...place, to }, name), 2),
});

const over = (head: string, to: CandidateName, name: FigureName): Column => ({
  head,
  cell: (results, place) => {
    if (place.candidate === to) return "–";
    const other = figure(results, { ...place, candidate: to }, name);
    return number((figure(results, place, name) - other) / 1000, 2);
  },
});

const cpu: readonly Column[] = [
  plain("CPU µs", "cpuMicros", 1),
  times("× HAProxy", "haproxy", "cpuMicros"),
  times("× nginx", "nginx", "cpuMicros"),
  times("× raw", "raw", "cpuMicros"),
  plain("per s", "perSecond"),
  percent("core %", "cpuShare"),
];

const errors = plain("errors", "errors");

const saturated: readonly Column[] = [
  ...cpu,
  percent("load %", "loadShare"),
  millis("p50 ms", "latencyP50"),
  millis("p99 ms", "latencyP99"),
  errors,
];

const columns: Readonly<Record<TestName, readonly Column[]>> = {
  json: saturated,
  json10k: saturated,
  burst: saturated,
  paced: [...cpu, millis("gap p99 ms", "gapP99"), errors],
  lat: [
    millis("p50 ms", "latencyP50"),
    millis("p99 ms", "latencyP99"),
    over("added p50", "direct", "latencyP50"),
    over("added p99", "direct", "latencyP99"),
    over("p50 over raw", "raw", "latencyP50"),
    errors,
  ],
  ttft: [
    millis("p50 ms", "firstEventP50"),
    millis("p99 ms", "firstEventP99"),
    over("added p50", "direct", "firstEventP50"),
    over("p50 over raw", "raw", "firstEventP50"),
    millis("gap p99 ms", "gapP99"),
    errors,
  ],
  cache: saturated,
  cachelat: [millis("p50 ms", "latencyP50"), millis("p99 ms", "latencyP99"), errors],
  replay: saturated,
  replaylat: [millis("p50 ms", "latencyP50"), millis("p99 ms", "latencyP99"), errors],
  translated: saturated,
  converse: saturated,
  messages: saturated,
  sign: [plain("CPU µs", "cpuMicros", 1), times("× raw", "raw", "cpuMicros"), errors],
  hold: [
    plain("streams", "streams"),
    plain("idle MB", "idleMb"),
    plain("1st wave MB", "firstPeakMb"),
    plain("2nd wave MB", "secondPeakMb"),
    plain("MB per 1,000", "mbPer1000", 1),
    times("× raw", "raw", "mbPer1000"),
    errors,
  ],
  start: [plain("ready ms", "readyMs"), plain("idle MB", "idleMb"), errors],
};

const otherTitles: Readonly<Partial<Record<TestName, string>>> = {
  sign: "Signature Version 4 of a 1 KB request, in a loop; raw is its hashes alone",
  hold: "Streams held open, one chunk/s each, two waves",
  start: "Process start to ready",
};

/** One Markdown table per test that was run, aligned so that a terminal shows it well, too. */
export function resultTables(results: Results): string {
  // Object.keys of a Results are the names of its tests, in the order in which they ran.
  const tests = Object.keys(results) as TestName[];
  return tests.map((test) => `### ${titleOf(test)}\n\n${table(results, test)}`).join("\n");
}

function titleOf(test: TestName): string {
  const workload = workloads.find((each) => each.test === test);
  return `${test}: ${workload?.title ?? otherTitles[test] ?? ""}`;
}

function table(results: Results, test: TestName): string {
  // As above: the keys are the candidates' names.
  const candidates = Object.keys(results[test] ?? {}) as CandidateName[];
  const rows = [
    ["candidate", ...columns[test].map(({ head }) => head)],
    ...candidates.map((candidate) => [
      candidate,
      ...columns[test].map(({ cell }) => cell(results, { test, candidate })),
    ]),
  ];
  return markdownTable(rows);
}

/** The first row is the head; every column but the first is aligned to the right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => pad(cell, widths[column]!, column)).join(" | ")} |\n`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [rows[0] ?? [], rule, ...rows.slice(1)].map(line).join("");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}
