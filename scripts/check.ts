import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `node scripts/check.ts [--no-tests]`: the checks in order, stopping at the first that fails. */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const test = join(root, "scripts", "test.ts");

const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ["format", bin("oxfmt"), ["--check"]],
  ["lint", bin("oxlint"), ["--type-aware", "--deny-warnings"]],
  ["types", bin("tsc"), ["--noEmit"]],
  ["types of pages", bin("tsc"), ["--noEmit", "-p", "console"]],
  ["tidy", process.execPath, [test, "tests/tidy.test.ts", "tests/tidy"]],
  ["tests", process.execPath, [test]],
];

const withTests = !process.argv.includes("--no-tests");

for (const [name, command, args] of steps.filter(([step]) => withTests || step !== "tests")) {
  const startedMs = performance.now();
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  if (status !== 0) {
    console.error(`${name}: failed after ${seconds} s${error ? `: ${error.message}` : ""}`);
    process.exitCode = 1;
    break;
  }
  console.log(`${name}: ${seconds} s`);
}
