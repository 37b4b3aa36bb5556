import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { programEnvironment } from "./program-environment.ts";

const bin = join(import.meta.dirname, "../../server/bin.js");
const endsWithinMs = 90_000;

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramPlace {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on its standard input; nothing by default. */
  readonly input?: string;
}

/** Runs `sekisho` with these arguments to its end; killed when it has none within 90 s. */
export async function runProgram(
  args: readonly string[],
  { cwd, env, input }: ProgramPlace = {},
): Promise<ProgramRun> {
  const child = spawn(process.execPath, ["--disable-proto=throw", bin, ...args], {
    env: programEnvironment(env),
    ...(cwd === undefined ? {} : { cwd }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    timeout: endsWithinMs,
    killSignal: "SIGKILL",
  });
  child.stdin?.end(input);
  if (child.stdout === null || child.stderr === null) throw new Error("No pipes were opened");
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    child.exitCode === null ? once(child, "exit") : null,
  ]);
  return { code: child.exitCode, stdout, stderr };
}
