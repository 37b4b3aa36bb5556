import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { addCounts, closingLine, isGood, noCounts } from "./test/report.ts";
import type { FileResult } from "./test/run-file.ts";
import { runSuite, type SuiteResult } from "./test/run-suite.ts";
import { takeSeed, usualSeed } from "./test/seed.ts";
import { select } from "./test/suites.ts";

/**
 * `node scripts/test.ts [--no-skips] [--seed=N|any] [suite | file | folder]…`: everything when
 * nothing is named; the seed is that of the properties.
 * Ends with `N passed, N failed, N skipped`; exit code 1 when a test failed, when none ran, and
 * with `--no-skips` when one was skipped.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const noSkips = "--no-skips";

const indent = (text: string): string => text.replaceAll(/^/gm, "    ");

const sayFailures = ({ file, failures, output }: FileResult): void => {
  for (const { name, place, error } of failures) {
    console.log(`\n  FAILED ${name}\n    at ${place.replace(`${root}/`, "")}\n${indent(error)}`);
  }
  if (failures.length > 0 && output !== "") {
    console.log(`\n  the end of what ${file} printed:\n${indent(output)}`);
  }
};

/** What to look at first when a suite is late. */
const longestOf = (files: readonly FileResult[]): string =>
  files
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, 5)
    .map(({ file, seconds }) => `  ${seconds.toFixed(1)} s ${file}`)
    .join("\n");

const saySuite = ({ suite, files, counts, seconds }: SuiteResult): void => {
  const over = seconds > suite.budgetS ? `, OVER its budget of ${suite.budgetS} s` : "";
  const size = `${files.length} ${files.length === 1 ? "file" : "files"}`;
  console.log(`${suite.name}: ${closingLine(counts)} (${size}, ${seconds.toFixed(1)} s${over})`);
  if (over !== "") console.log(longestOf(files));
};

const saySkipped = (results: readonly SuiteResult[]): void => {
  const lines = results.flatMap(({ files }) =>
    files.flatMap(({ file, skipped }) => skipped.map((name) => `  ${file}: ${name}`)),
  );
  if (lines.length > 0) console.log(`\nSKIPPED ${lines.length}:\n${lines.join("\n")}`);
};

const main = async (args: readonly string[]): Promise<void> => {
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  process.once("SIGTERM", () => interrupt.abort());
  const { seed, rest } = takeSeed(args);
  if (seed !== usualSeed) console.log(`properties: seed ${seed}`);
  const how = { seed, stop: interrupt.signal, onFile: sayFailures };
  const results: SuiteResult[] = [];
  for (const part of select(
    root,
    rest.filter((arg) => arg !== noSkips),
  )) {
    if (interrupt.signal.aborted) break;
    const result = await runSuite(root, part, how);
    saySuite(result);
    results.push(result);
  }
  saySkipped(results);
  const total = results.map(({ counts }) => counts).reduce(addCounts, noCounts);
  const isWhole = !interrupt.signal.aborted && !(args.includes(noSkips) && total.skipped > 0);
  process.exitCode = isWhole && isGood(total) ? 0 : 1;
  console.log(`\n${closingLine(total)}`);
};

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
