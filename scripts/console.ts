import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildConsole } from "./console/build-console.ts";
import { builtStamp, sourceStamp } from "./console/source-stamp.ts";

/**
 * `node scripts/console.ts`: builds the pages when they are missing or other than their sources.
 * Part of `npm start`, so it never fails: a gateway without its console is still a gateway.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "console");
const built = join(source, "dist");

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";

const stamp = sourceStamp(root);
const before = builtStamp(built);
if (stamp !== before) {
  const startedMs = performance.now();
  process.stderr.write("Building the console …");
  try {
    await buildConsole({ source, built }, stamp);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    process.stderr.write(` ${seconds} s\n`);
  } catch (error) {
    const why = isMissing(error)
      ? "its tools are not installed (npm ci installs them, npm ci --omit=dev does not)"
      : error instanceof Error
        ? error.message
        : String(error);
    const instead = before === null ? "without it" : "with the one built before";
    process.stderr.write(` not possible: ${why}.\nSekisho starts ${instead}.\n`);
  }
}
