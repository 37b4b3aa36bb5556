import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { noCounts, type Counts, type Failed, type Report } from "./report.ts";
import { seedVariable } from "./seed.ts";

/** How one test file ended. */
export interface FileResult {
  readonly file: string;
  readonly counts: Counts;
  readonly failures: readonly Failed[];
  readonly skipped: readonly string[];
  /** The end of what the file printed, for when it failed. */
  readonly output: string;
  readonly seconds: number;
}

export interface FileBounds {
  readonly limitS: number;
  /** For Node, before the file. */
  readonly flags: readonly string[];
  /** Of its properties. */
  readonly seed: number;
  /** Stops the file before its own limit. */
  readonly signal: AbortSignal;
}

const maxOutputChars = 8_000;

/** The caller's own settings must not decide how a test ends; where a store runs may. */
const testEnvironment = (root: string, seed: number): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith("SEKISHO_") || name.startsWith("SEKISHO_TEST_"),
  );
  return {
    ...Object.fromEntries(kept),
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node"),
    NODE_ENV: "test",
    [seedVariable]: String(seed),
  };
};

const start = (root: string, file: string, { flags, seed }: FileBounds): ChildProcess =>
  spawn(
    process.execPath,
    [
      ...flags,
      `--import=${join(root, "scripts", "test", "seeded.ts")}`,
      "--test-timeout=180000",
      `--test-reporter=${join(root, "scripts", "test", "reporter.ts")}`,
      join(root, file),
    ],
    // A group of its own: what the file started dies with it.
    {
      cwd: root,
      env: testEnvironment(root, seed),
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );

const killGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone: the file ended in this moment.
  }
};

interface Heard {
  summary: Counts | null;
  running: string;
  output: string;
  readonly failures: Failed[];
  readonly skipped: string[];
}

const listen = (child: ChildProcess): Heard => {
  const heard: Heard = { summary: null, running: "", output: "", failures: [], skipped: [] };
  child.on("message", (message) => {
    const report = message as Report; // the reporter of this folder sends nothing else
    if (report.kind === "started") heard.running = report.name;
    if (report.kind === "failed") heard.failures.push(report.failure);
    if (report.kind === "skipped") heard.skipped.push(`${report.name} (${report.reason})`);
    if (report.kind === "summary") heard.summary = report.counts;
  });
  const keep = (chunk: Buffer): void => {
    heard.output = (heard.output + chunk.toString("utf8")).slice(-maxOutputChars);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return heard;
};

/** What went wrong with the file as a whole, beside its tests. */
const wholeFailure = (heard: Heard, code: number | null, stopped: string): string | null => {
  if (stopped !== "") return `${stopped} Last test started: "${heard.running}"`;
  if (heard.summary === null) {
    return `The file ended with code ${code} before its tests did, or holds none`;
  }
  const isTold = heard.summary.failed > 0 || heard.failures.length > 0;
  if (code !== 0 && !isTold) return `The tests passed, the process ended with code ${code}`;
  return null;
};

/** Runs one file in a process of its own and waits until that process is gone. */
export const runFile = async (
  root: string,
  file: string,
  bounds: FileBounds,
): Promise<FileResult> => {
  const startedMs = performance.now();
  const child = start(root, file, bounds);
  const heard = listen(child);
  let stopped = "";
  const stop = (why: string) => (): void => {
    stopped ||= why;
    killGroup(child);
  };
  const limit = `Stopped after ${bounds.limitS} s: a test hangs or a handle is left open.`;
  const timer = setTimeout(stop(limit), bounds.limitS * 1_000);
  const onAbort = stop("Stopped with its suite.");
  bounds.signal.addEventListener("abort", onAbort);
  if (bounds.signal.aborted) onAbort();
  const [code] = await once(child, "close");
  clearTimeout(timer);
  bounds.signal.removeEventListener("abort", onAbort);
  killGroup(child);
  const whole = wholeFailure(heard, code, stopped);
  const failures = [...heard.failures];
  const counts = { ...(heard.summary ?? { ...noCounts, failed: failures.length }) };
  // A hook fails beside the tests, not as one that is counted.
  counts.failed = Math.max(counts.failed, failures.length);
  if (whole !== null) {
    failures.push({ name: "the file as a whole", place: file, error: whole });
    counts.failed += 1;
  }
  return {
    file,
    counts,
    failures,
    skipped: heard.skipped,
    output: heard.output.trim(),
    seconds: (performance.now() - startedMs) / 1_000,
  };
};
