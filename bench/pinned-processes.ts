import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { processTree } from "./process-tree.ts";

export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A program that serves, and how to know that it does. */
export interface ProgramPlan extends Program {
  /** `line`: it prints `{"event":"ready",…}`; otherwise the port that accepts connections. */
  readonly ready: "line" | number;
}

export interface RunningProgram {
  readonly pid: number;
  readonly readyMs: number;
  /** SIGTERM, then SIGKILL to the whole tree when it has not ended in time. */
  stop(graceMs: number): Promise<void>;
}

type Cores = number | readonly number[];

const READY_WITHIN_MS = 30_000;
const POLL_MS = 10;
const OUTPUT_TAIL = 2000;

/** Starts programs pinned to cores, and ends all of them, whatever happens to the bench. */
export class PinnedProcesses implements AsyncDisposable {
  readonly #folder: string;
  readonly #children = new Set<ChildProcess>();

  /** Their standard error goes to files in `folder`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Throws when the program ends, or does not serve within 30 s, with the end of its output. */
  async start(name: string, core: number, plan: ProgramPlan): Promise<RunningProgram> {
    const startedAt = performance.now();
    const logPath = join(this.#folder, `${name}.log`);
    const child = this.#spawn(core, plan, logPath);
    try {
      await served(child, plan.ready);
    } catch (error) {
      await this.#stop(child, 0);
      const output = readFileSync(logPath, "utf8").slice(-OUTPUT_TAIL);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Cannot start ${name}: ${reason}\n${output}`, { cause: error });
    }
    const readyMs = performance.now() - startedAt;
    return { pid: child.pid!, readyMs, stop: (graceMs) => this.#stop(child, graceMs) };
  }

  /** Runs a program to its end and returns its standard output. */
  async output(
    name: string,
    on: number | readonly number[],
    program: Program & { withinMs: number },
  ) {
    const logPath = join(this.#folder, `${name}.log`);
    const child = this.#spawn(on, program, logPath);
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const timer = setTimeout(() => kill(child, "SIGKILL"), program.withinMs);
    const code = await exited(child);
    clearTimeout(timer);
    if (code === 0) return Buffer.concat(chunks).toString();
    const output = readFileSync(logPath, "utf8").slice(-OUTPUT_TAIL);
    throw new Error(
      `Cannot finish ${name}: exit ${code} (limit ${program.withinMs} ms)\n${output}`,
    );
  }

  /** At once, for signal handlers. */
  killAll(): void {
    for (const child of this.#children) kill(child, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.#stop(child, 2000)));
  }

  #spawn(on: Cores, program: Program, logPath: string): ChildProcess {
    const log = openSync(logPath, "a");
    const child = spawn("taskset", ["-c", [on].flat().join(","), ...program.command], {
      cwd: join(import.meta.dirname, ".."),
      env: { ...process.env, NODE_ENV: "production", ...program.env },
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    child.once("error", () => this.#children.delete(child));
    return child;
  }

  async #stop(child: ChildProcess, graceMs: number): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = exited(child);
    const timer = setTimeout(() => kill(child, "SIGKILL"), graceMs);
    child.kill("SIGTERM");
    await gone;
    clearTimeout(timer);
  }
}

/** Children first: a master that notices a dead worker would start another. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  for (const pid of processTree(child.pid)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself between the two calls.
    }
  }
}

function exited(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
}

function served(child: ChildProcess, ready: "line" | number): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error) => {
      clearTimeout(timer);
      child.stdout?.off("data", read);
      // Whatever it prints later is thrown away, so that a full pipe never stops it.
      child.stdout?.resume();
      if (error === undefined) resolve();
      else reject(error);
    };
    const timer = setTimeout(() => end(new Error("not ready within 30 s")), READY_WITHIN_MS);
    let text = "";
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      if (ready === "line" && /"event":\s*"ready".*\n/.test(text)) end();
    };
    child.stdout?.on("data", read);
    child.once("error", (error) => end(error));
    child.once("exit", (code) => end(new Error(`it ended with code ${code}`)));
    if (ready !== "line") pollPort(ready, child, () => end());
  });
}

function pollPort(port: number, child: ChildProcess, open: () => void): void {
  const socket = connect(port, "127.0.0.1");
  socket.once("connect", () => {
    socket.destroy();
    open();
  });
  socket.once("error", () => {
    if (child.exitCode === null) setTimeout(() => pollPort(port, child, open), POLL_MS);
  });
}
