import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureConsole } from "./console/ensure-console.ts";

/**
 * `node scripts/console.ts`: builds the pages when they are missing or other than their sources.
 * Part of `npm start`, so it never fails: a gateway without its console is still a gateway.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const say = (text: string): boolean => process.stderr.write(text);

const ensured = await ensureConsole(root, () => say("Building the console … "));
if (ensured.kind === "built") say(`${ensured.seconds.toFixed(1)} s\n`);
if (ensured.kind === "failed") {
  const instead = ensured.hasOld ? "with the one built before" : "without it";
  say(`not possible: ${ensured.why}.\nSekisho starts ${instead}.\n`);
}
