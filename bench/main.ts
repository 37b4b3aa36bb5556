import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseBenchOptions, usage, type BenchOptions } from "./bench-options.ts";
import { BenchRun } from "./bench-run.ts";
import { describeMachine } from "./machine.ts";
import { PinnedProcesses } from "./pinned-processes.ts";
import { profileCandidates } from "./profile-candidates.ts";
import { compareRuns, comparisonLine } from "./regression-check.ts";
import { figure, testNames, type Results } from "./results.ts";
import { newestReport, resultsFolder, saveReport, type BenchReport } from "./saved-report.ts";
import { resultTables } from "./result-tables.ts";
import { judge, verdictLine } from "./verdicts.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  let options: BenchOptions;
  try {
    options = parseBenchOptions(args);
    requireMachine();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "sekisho-bench-"));
  await using processes = new PinnedProcesses(folder);
  endOnSignal(processes, folder);
  try {
    if (options.profile) return await profileCandidates({ processes, folder }, options);
    return await compare(options, new BenchRun({ processes, folder }, options));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(options: BenchOptions, run: BenchRun): Promise<number> {
  const before = options.check ? newestReport(resultsFolder) : undefined;
  await run.run();
  const report: BenchReport = {
    at: new Date().toISOString(),
    machine: describeMachine(),
    rounds: options.rounds,
    results: run.results,
    verdicts: judge(run.results),
    notes: run.notes,
  };
  print(report, options);
  if (options.save) {
    for (const path of saveReport(report, resultsFolder)) process.stderr.write(`wrote ${path}\n`);
  }
  const worse = options.check && !checkAgainst(before, report);
  return worse || run.failed.size > 0 || hasErrors(run.results) ? 1 : 0;
}

function print(report: BenchReport, { json }: BenchOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  const verdicts = report.verdicts.map(verdictLine).join("\n");
  const notes = report.notes.map((note) => `! ${note}\n`).join("");
  process.stdout.write(`\n${resultTables(report.results)}\n${verdicts}\n${notes}`);
}

function checkAgainst(before: BenchReport | undefined, now: BenchReport): boolean {
  if (before === undefined) {
    process.stderr.write(`Cannot check: no saved result in ${resultsFolder}\n`);
    return false;
  }
  const comparisons = compareRuns(before.results, now.results);
  process.stderr.write(`\ncompared with ${before.at}, commit ${before.machine.commit}:\n`);
  process.stderr.write(comparisons.map((each) => `${comparisonLine(each)}\n`).join(""));
  if (comparisons.length === 0) process.stderr.write("Cannot check: no figure is in both runs\n");
  return comparisons.length > 0 && !comparisons.some(({ worse }) => worse);
}

function hasErrors(results: Results): boolean {
  return testNames.some((test) => figure(results, { test, candidate: "sekisho" }, "errors") > 0);
}

function requireMachine(): void {
  if (process.platform !== "linux") {
    throw new Error(`Cannot run bench: ${process.platform}, Linux needed (/proc, taskset)`);
  }
  const cores = availableParallelism();
  if (cores < 2) throw new Error(`Cannot run bench: ${cores} core, 2 needed`);
}

function endOnSignal(processes: PinnedProcesses, folder: string): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      processes.killAll();
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  }
}
