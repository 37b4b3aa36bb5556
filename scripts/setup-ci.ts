import { spawnSync } from "node:child_process";

/**
 * Installs the Debian packages that the test suites call and the machine lacks. Each is named with
 * the command that it brings. No suite calls one so far: HAProxy and nginx are for `npm run bench`.
 */
const needed: readonly { readonly command: string; readonly debianPackage: string }[] = [];

const runs = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: "inherit" }).status === 0;

const isThere = (command: string): boolean =>
  spawnSync("sh", ["-c", 'command -v "$1"', "sh", command]).status === 0;

const missing = needed.filter(({ command }) => !isThere(command));

if (missing.length === 0) {
  console.log(`setup:ci: ${needed.length} packages needed, nothing to install`);
} else {
  const names = missing.map(({ debianPackage }) => debianPackage);
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "--non-interactive"];
  const apt = (...args: string[]): boolean => {
    const [command = "apt-get", ...rest] = [...asRoot, "apt-get", ...args];
    return runs(command, rest);
  };
  if (!apt("update") || !apt("install", "--yes", "--no-install-recommends", ...names)) {
    console.error(`Cannot install ${names.join(", ")}: run apt-get yourself, as root`);
    process.exitCode = 1;
  }
}
