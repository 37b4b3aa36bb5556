import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { programEnvironment } from "./program-environment.ts";

const bin = join(import.meta.dirname, "../../server/bin.js");
const readyWithinMs = 90_000;

/** What the program prints with `--json` when it serves. */
export interface ReadyLine {
  readonly event: "ready";
  readonly urls: Readonly<Record<string, string>>;
  readonly demoKey: string | null;
  readonly adminKey: string | null;
}

export interface ServerOptions {
  /** Text of `sekisho.yaml`; none starts the embedded default. */
  readonly config?: string;
  /** A folder that outlives the server; none takes a fresh one that goes with it. */
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further files beside `sekisho.yaml`, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The real program in a process of its own, on a free port. */
export class ServerProcess implements AsyncDisposable {
  readonly ready: ReadyLine;
  readonly data: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #log: string[];

  private constructor(
    child: ChildProcess,
    facts: { readonly ready: ReadyLine; readonly data: string; readonly folder: string },
    log: string[],
  ) {
    this.#child = child;
    this.ready = facts.ready;
    this.data = facts.data;
    this.#folder = facts.folder;
    this.#log = log;
  }

  /** Rejects with the program's own words when it does not serve within 90 s. */
  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const folder = await mkdtemp(join(tmpdir(), "sekisho-"));
    const data = options.data ?? join(folder, "data");
    const args = ["--disable-proto=throw", bin, "start", "--port", "0", "--data", data, "--json"];
    if (options.config !== undefined) {
      const file = join(folder, "sekisho.yaml");
      await writeFile(file, options.config);
      args.push("--config", file);
    }
    for (const [name, text] of Object.entries(options.files ?? {})) {
      await writeFile(join(folder, name), text);
    }
    const child = spawn(process.execPath, args, {
      env: programEnvironment(options.env),
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => log.push(text));
    try {
      const ready = await readReady(child, log);
      return new ServerProcess(child, { ready, data, folder }, log);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    const url = this.ready.urls["api"];
    if (url === undefined) throw new Error(`No api URL in ${JSON.stringify(this.ready.urls)}`);
    return url;
  }

  /** Where `sekisho.yaml` stands. */
  get folder(): string {
    return this.#folder;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything the program has written to standard error so far. */
  get log(): string {
    return this.#log.join("");
  }

  /** Has it died by a signal, its own included? */
  get wasKilled(): boolean {
    return this.#child.signalCode !== null;
  }

  /** Sends a signal and resolves with the exit code when the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return this.#child.exitCode;
    }
    this.#child.kill(signal);
    await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function readReady(child: ChildProcess, log: readonly string[]): Promise<ReadyLine> {
  const { stdout } = child;
  if (stdout === null) throw new Error("The server's standard output is not a pipe");
  const lines = createInterface({ input: stdout });
  const timer = setTimeout(() => child.kill("SIGKILL"), readyWithinMs);
  try {
    for await (const line of lines) {
      // The line is the program's own, in this shape.
      return JSON.parse(line) as ReadyLine;
    }
  } finally {
    clearTimeout(timer);
    stdout.resume();
  }
  throw new Error(`The server did not become ready: ${log.join("") || "it said nothing"}`);
}
