import { spawnSync } from "node:child_process";

/**
 * True when `program` can be run, after installing the Debian package of the same name where that
 * is possible (root, apt-get). Whether its service gets started is the machine's policy; the bench
 * runs its own instance.
 */
export function ensureProgram(program: string): boolean {
  if (isInstalled(program)) return true;
  if (process.getuid?.() !== 0 || !isInstalled("apt-get")) return false;
  process.stderr.write(`installing ${program} (Debian package)\n`);
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", program], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return isInstalled(program);
}

/** What the program prints about its version, its first line; "none" when it is missing. */
export function versionOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
  const line = `${stdout ?? ""}${stderr ?? ""}`.split("\n")[0] ?? "";
  return /\d+(?:\.\d+)+/.exec(line)?.[0] ?? "none";
}

function isInstalled(program: string): boolean {
  const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
  return error === undefined;
}
