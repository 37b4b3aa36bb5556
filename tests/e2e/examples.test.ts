import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { inSomeTry } from "../harness/in-some-try.ts";
import { programEnvironment } from "../harness/program-environment.ts";

const folder = join(import.meta.dirname, "../../examples");

const usd = String.raw`[\d.e-]+ USD`;

const lines = (...patterns: readonly string[]): RegExp => new RegExp(`^${patterns.join("\n")}\n$`);

/** What each example prints, and nothing else. */
const printed: Readonly<Record<string, RegExp>> = {
  "complete.ts": lines(
    "[^]+",
    String.raw`anthropic\.claude-haiku-4-5-\S+ at sim-us-east-1 in us-east-1: \w+`,
    String.raw`\d+ \+ \d+ tokens, ${usd}`,
  ),
  "stream.ts": lines("[^]+", String.raw`\d+ tokens, the first after \d+ ms`),
  "budget.ts": lines(
    'request_exceeds_budget: Cannot reserve budget "key:library:shop:day".+',
    "limit 1000, used 0 nano-USD, retryable: false",
  ),
  "once.ts": lines("one answer, asked for twice: true", `first: ${usd}`, "again: 0 USD"),
  "cost.ts": lines(
    "haiku: 0.0000875 USD a request",
    "sonnet: 0.00105 USD a request",
    "gpt-4: 0.006 USD a request",
    "gpt-4, 1,000 requests a day: 6.00 USD, 180.00 in 30 days",
  ),
  "usage.ts": lines(
    `reader: 2 requests, ${usd} each`,
    String.raw`process: 3 requests, \d+ tokens, ${usd}`,
    ...Array.from({ length: 6 }, () => String.raw`\S+: available, closed`),
    "status: ok",
  ),
};

test("REF-1 each example is run here", () => {
  const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  assert.deepEqual(Object.keys(printed).sort(), programs.sort());
});

async function assertRun(name: string, expected: RegExp): Promise<void> {
  const child = spawn(process.execPath, [join(folder, name)], {
    env: programEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 90_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  assert.equal(child.exitCode, 0, stderr);
  // But for warnings: a busy machine is one.
  assert.equal(stderr.replaceAll(/^\{.*"level":"warn".*\n/gm, ""), "");
  assert.match(stdout, expected);
}

for (const [name, expected] of Object.entries(printed)) {
  // A gateway on a busy machine is "degraded" where its example says "ok".
  test(`REF-1 examples/${name} ends by itself and prints what it says`, () =>
    inSomeTry(3, () => assertRun(name, expected)));
}
