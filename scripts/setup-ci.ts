import { spawnSync } from "node:child_process";

/** A command that succeeds when something is there. */
interface Need {
  readonly name: string;
  readonly proof: string;
}

/**
 * What the test suites call and the machine may lack. HAProxy and nginx are for `npm run bench`.
 * Debian's own boto3 is older than Converse.
 */
const debianPackages: readonly Need[] = [
  { name: "python3-pip", proof: "python3 -m pip --version" },
  // For the last stage of the Containerfile.
  { name: "bubblewrap", proof: "command -v bwrap" },
  { name: "chromium", proof: "command -v chromium || command -v google-chrome" },
  // The console in Japanese: without a font its screenshots show boxes.
  { name: "fonts-noto-cjk", proof: "ls /usr/share/fonts/*/*/NotoSansCJK-Regular.ttc" },
];

const operations = 'botocore.session.get_session().get_service_model("bedrock-runtime")';
const pythonPackages: readonly Need[] = [
  {
    name: "boto3==1.43.11",
    proof: `python3 -c 'import boto3, botocore.session; ${operations}.operation_model("Converse")'`,
  },
];

const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: "inherit", env: { ...process.env, ...pipSettings } }).status ===
  0;

/** Debian's Python lets pip install beside its own packages only when it is told so. */
const pipSettings = { PIP_BREAK_SYSTEM_PACKAGES: "1", PIP_ROOT_USER_ACTION: "ignore" };

const missing = (needs: readonly Need[]): string[] =>
  needs
    .filter(({ proof }) => spawnSync("sh", ["-c", proof], { stdio: "ignore" }).status !== 0)
    .map(({ name }) => name);

const aptGet = (...args: string[]): boolean =>
  process.getuid?.() === 0
    ? runs("apt-get", ...args)
    : runs("sudo", "--non-interactive", "apt-get", ...args);

const installDebian = (names: readonly string[]): boolean =>
  names.length === 0 ||
  (aptGet("update") && aptGet("install", "--yes", "--no-install-recommends", ...names));

const installPython = (names: readonly string[]): boolean =>
  names.length === 0 || runs("python3", "-m", "pip", "install", "--user", ...names);

const fromDebian = missing(debianPackages);
if (!installDebian(fromDebian)) {
  console.error(`Cannot install ${fromDebian.join(", ")}: run apt-get yourself, as root`);
  process.exitCode = 1;
}
const fromPython = missing(pythonPackages);
if (!installPython(fromPython)) {
  console.error(`Cannot install ${fromPython.join(", ")}: run pip yourself`);
  process.exitCode = 1;
}
const installed = [...fromDebian, ...fromPython];
console.log(`setup:ci: ${installed.length === 0 ? "nothing to install" : installed.join(", ")}`);
