import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";

const root = join(import.meta.dirname, "../..");

/** What `npm run pack -- --json` prints. */
export interface PackedFacts {
  readonly file: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
  readonly integrity: string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What npm tells its scripts, and what would make another Sekisho or Node of the one that runs. */
const notOfShell = /^(?:npm_|INIT_CWD$|SEKISHO_|NODE_OPTIONS$|NODE_ENV$|NODE_TEST_CONTEXT$)/i;

/**
 * As a user's shell has it, Node first. What the machine says of its certificates and proxies is
 * kept: npm reaches no registry without it where they are its own.
 */
export const shellEnvironment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !notOfShell.test(name))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
});

export async function run(command: string, args: readonly string[], cwd: string): Promise<Ran> {
  const child = spawn(command, args, {
    cwd,
    env: shellEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code: child.exitCode, stdout, stderr };
}

/** What a shell's user sees: the first line, once it is there. */
export async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return "";
}

/** What npm says when there is neither a registry nor a copy of a package. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/;

/** A folder in which nothing but the tarball was ever installed. */
export class InstalledPackage implements Disposable {
  readonly folder: string;
  readonly facts: PackedFacts;

  private constructor(folder: string, facts: PackedFacts) {
    this.folder = folder;
    this.facts = facts;
  }

  static async pack(out: string): Promise<PackedFacts> {
    const script = join(root, "scripts/pack.ts");
    const { code, stdout, stderr } = await run(
      process.execPath,
      [script, "--json", "--out", out],
      root,
    );
    if (code !== 0) throw new Error(`The clone does not pack: ${stderr}`);
    // The script's own line, in this shape.
    return JSON.parse(stdout) as PackedFacts;
  }

  /** Null where npm reaches no registry and has no copy of what the package depends on. */
  static async make(): Promise<InstalledPackage | null> {
    const folder = mkdtempSync(join(tmpdir(), "sekisho-package-"));
    try {
      const facts = await InstalledPackage.pack(folder);
      await npm(["init", "--yes"], folder);
      const { code, stderr } = await npm(["install", facts.file], folder);
      if (code === 0) return new InstalledPackage(folder, facts);
      if (!unreachable.test(stderr)) throw new Error(`npm install failed: ${stderr}`);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    rmSync(folder, { recursive: true, force: true });
    return null;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const npm = (args: readonly string[], cwd: string): Promise<Ran> =>
  run("npm", [...args, "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], cwd);
