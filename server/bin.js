#!/usr/bin/env -S node --disable-proto=throw
// Plain JavaScript, so that an old Node answers with a sentence instead of a syntax error.
import module from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `Sekisho needs Node 24.12 or newer, this is ${process.version}: ` +
      'run "npm start" or "npx sekisho" in its folder, which bring their own.\n',
  );
  process.exitCode = 1;
} else {
  module.enableCompileCache();
  const { SystemClock } = await import("@sekisho/lib/time/system-clock.ts");
  const { runSekisho } = await import("./cli/sekisho.ts");
  await runSekisho(process, new SystemClock());
}
