#!/usr/bin/env -S node --disable-proto=throw
// Plain JavaScript, so that an old Node answers with a sentence instead of a syntax error.
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `Sekisho needs Node 24.12 or newer, this is ${process.version}: ` +
      "npm install node@26 in the project brings one for npx and npm scripts; " +
      "in Sekisho's clone npm start does.\n",
  );
  process.exitCode = 1;
} else {
  module.enableCompileCache();
  const { SystemClock } = await import("@sekisho/lib/time/system-clock.ts");
  const { runSekisho } = await import("./cli/sekisho.ts");
  await runSekisho(process, new SystemClock());
}
