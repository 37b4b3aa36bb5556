import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A kind of test with its own folder, its own bounds and its own share of the machine. */
export interface Suite {
  readonly name: string;
  /** Files and folders, from the clone's top folder. */
  readonly roots: readonly string[];
  /** Files that run at once. */
  readonly concurrency: number;
  /** Those that hold what happens against time: before the others, one at a time. */
  readonly alone: readonly string[];
  /** Those that wait longest, so that they do not wait at the end: first of the others. */
  readonly longest: readonly string[];
  /** What the suite should take on two cores; at four times that it is stopped. */
  readonly budgetS: number;
  /** When one file has not ended by then, a test hangs or a handle is left open. */
  readonly fileLimitS: number;
  /** How Node runs its files. */
  readonly flags: readonly string[];
}

const usualFlags = ["--disable-proto=throw"];

const row = (name: string, concurrency: number, budgetS: number, fileLimitS: number): Suite => ({
  name,
  roots: [`tests/${name}`],
  concurrency,
  alone: [],
  longest: [],
  budgetS,
  fileLimitS,
  flags: usualFlags,
});

const beside = [
  "wire",
  "lib",
  "gateway",
  "server",
  "simulator",
  "console",
  "client",
  "bench",
  "scripts",
];

/** In the order in which they run: what fails fastest comes first. */
export const suites: readonly Suite[] = [
  {
    ...row("unit", 2, 140, 240),
    roots: ["tests/tidy.test.ts", "tests/tidy", "tests/harness", ...beside],
  },
  // Its files wait more than they work, as do those of the next.
  {
    ...row("contract", 3, 180, 300),
    longest: [
      "tests/contract/matrix/aws-sdk-h1.test.ts",
      "tests/contract/matrix/aws-sdk-h2.test.ts",
      "tests/contract/matrix/vercel.test.ts",
      "tests/contract/openai/upstream-failures.test.ts",
    ],
  },
  {
    ...row("e2e", 3, 270, 300),
    alone: ["tests/e2e/faults/failover-time.test.ts", "tests/e2e/load-shedding.test.ts"],
    longest: ["tests/e2e/slow-clients.test.ts", "tests/e2e/drills.test.ts"],
  },
  // The tarball, as its users install it: each file waits for npm.
  row("packages", 2, 60, 300),
  {
    ...row("simulation", 2, 90, 400),
    longest: [
      "tests/simulation/outages/random-errors.test.ts",
      "tests/simulation/simulation.test.ts",
    ],
    flags: [...usualFlags, "--import=./scripts/test/untracked-promises.ts"],
  },
  // Each file starts several servers at once, and holds how soon they are ready.
  row("crash", 1, 90, 300),
  // playwright-core itself reads `__proto__`; the program under test runs without it all the same.
  {
    ...row("browser", 2, 130, 300),
    longest: ["tests/browser/live.test.ts", "tests/browser/overview.test.ts"],
    flags: [],
  },
];

/** Test files below a file or folder; none when it does not exist. */
export const testFilesBelow = (root: string, path: string): string[] => {
  if (path.endsWith(".test.ts")) return existsSync(join(root, path)) ? [path] : [];
  if (!statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && entry.name !== "fixtures")
    .filter((entry) => entry.isDirectory() || entry.name.endsWith(".test.ts"))
    .flatMap((entry) => testFilesBelow(root, `${path}/${entry.name}`))
    .sort();
};

export const filesOf = (root: string, suite: Suite): string[] =>
  suite.roots.flatMap((path) => testFilesBelow(root, path));

/** What to run: each suite with its files, suites without files left out. */
export type Selection = readonly { readonly suite: Suite; readonly files: readonly string[] }[];

/**
 * From arguments (suite names, files, folders; none means everything) to what runs. Throws when an
 * argument names nothing.
 */
export const select = (root: string, args: readonly string[]): Selection => {
  const wanted = new Set<string>();
  for (const arg of args) {
    const suite = suites.find(({ name }) => name === arg);
    const path = arg.replace(/^\.\//, "").replace(/\/$/, "");
    const files = suite === undefined ? testFilesBelow(root, path) : filesOf(root, suite);
    if (suite === undefined && files.length === 0) {
      const names = suites.map(({ name }) => name).join(", ");
      throw new Error(
        `Cannot select tests by "${arg}": neither a suite (${names}) nor a test file`,
      );
    }
    for (const file of files) wanted.add(file);
  }
  return suites
    .map((suite) => ({
      suite,
      files: filesOf(root, suite).filter((file) => args.length === 0 || wanted.has(file)),
    }))
    .filter(({ files }) => files.length > 0);
};

/** Files of a suite in the order in which they run: one at a time, then several. */
export const inOrder = (
  { alone, longest }: Pick<Suite, "alone" | "longest">,
  files: readonly string[],
): { readonly alone: string[]; readonly together: string[] } => {
  const others = files.filter((file) => !alone.includes(file));
  return {
    alone: files.filter((file) => alone.includes(file)),
    together: [
      ...others.filter((file) => longest.includes(file)),
      ...others.filter((file) => !longest.includes(file)),
    ],
  };
};
