import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { versionOf } from "./ensure-program.ts";

/** Where and with what a run was made. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly undici: string;
  readonly haproxy: string;
  readonly nginx: string;
  readonly commit: string;
  /** The working tree differs from the commit. */
  readonly dirty: boolean;
}

const root = join(import.meta.dirname, "..");

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    undici: undiciVersion(),
    haproxy: versionOf("haproxy"),
    nginx: versionOf("nginx"),
    commit: git("rev-parse", "--short=10", "HEAD") || "none",
    dirty: git("status", "--porcelain") !== "",
  };
}

function git(...args: readonly string[]): string {
  try {
    return execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}

function undiciVersion(): string {
  const path = join(root, "node_modules/undici/package.json");
  // package.json of an installed package always names its version.
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version;
}
