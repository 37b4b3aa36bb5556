import { addCounts, noCounts, type Counts } from "./report.ts";
import { runFile, type FileResult } from "./run-file.ts";
import { inOrder, type Suite } from "./suites.ts";

/** How a suite ended. */
export interface SuiteResult {
  readonly suite: Suite;
  readonly files: readonly FileResult[];
  readonly counts: Counts;
  readonly seconds: number;
}

export interface SuiteRun {
  /** Of the properties. */
  readonly seed: number;
  readonly stop: AbortSignal;
  readonly onFile: (result: FileResult) => void;
}

/**
 * Runs the files of a suite, as many at once as it allows, and tells `onFile` of each. At four
 * times the suite's budget, or when `stop` is aborted, what still runs is stopped and counts as
 * failed.
 */
export const runSuite = async (
  root: string,
  { suite, files }: { readonly suite: Suite; readonly files: readonly string[] },
  { seed, stop, onFile }: SuiteRun,
): Promise<SuiteResult> => {
  const startedMs = performance.now();
  const limit = AbortSignal.timeout(suite.budgetS * 4_000);
  const { fileLimitS: limitS, flags } = suite;
  const bounds = { limitS, flags, seed, signal: AbortSignal.any([stop, limit]) };
  const results: FileResult[] = [];
  const run = async (queue: string[], width: number): Promise<void> => {
    const worker = async (): Promise<void> => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const result = await runFile(root, file, bounds);
        results.push(result);
        onFile(result);
      }
    };
    await Promise.all(Array.from({ length: width }, worker));
  };
  const { alone, together } = inOrder(suite, files);
  await run(alone, 1);
  await run(together, suite.concurrency);
  const counts = results.map((result) => result.counts).reduce(addCounts, noCounts);
  return { suite, files: results, counts, seconds: (performance.now() - startedMs) / 1_000 };
};
