import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Results } from "./results.ts";
import { resultTables } from "./result-tables.ts";
import { verdictLine, type Verdict } from "./verdicts.ts";

/** A whole run as it is printed with --json and written with --save. */
export interface BenchReport {
  /** RFC 3339. */
  readonly at: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly results: Results;
  readonly verdicts: readonly Verdict[];
  readonly notes: readonly string[];
}

export const resultsFolder = join(import.meta.dirname, "results");

/** Writes `<date>-<commit>.json` and `latest.md`; returns the paths. */
export function saveReport(report: BenchReport, folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const name = `${report.at.slice(0, 10)}-${report.machine.commit}.json`;
  const paths = [join(folder, name), join(folder, "latest.md")] as const;
  writeFileSync(paths[0], `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(paths[1], markdownReport(report));
  return [...paths];
}

/** The newest saved report by its own time, or undefined when there is none. */
export function newestReport(folder: string): BenchReport | undefined {
  // The folder holds what saveReport wrote, and nothing else ends in .json.
  return savedFiles(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as BenchReport)
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
}

export function markdownReport({ at, machine, rounds, ...report }: BenchReport): string {
  const { cpu, cores, memoryGb, kernel, node, undici, haproxy, nginx } = machine;
  const notes = report.notes.map((note) => `* ${note.split("\n")[0]}\n`).join("");
  return `# Benchmark of ${at}

Commit ${machine.commit}${machine.dirty ? " with changes that are not committed" : ""}; medians of
${rounds} interleaved rounds (hold 1, start 5).
${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}; Node ${node}, undici ${undici},
HAProxy ${haproxy}, nginx ${nginx}. What the columns mean is in [README.md](../README.md).

${resultTables(report.results)}
### Targets

\`\`\`
${report.verdicts.map(verdictLine).join("\n")}
\`\`\`
${notes === "" ? "" : `\n${notes}`}`;
}

function savedFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}
