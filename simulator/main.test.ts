import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("main.ts", import.meta.url));

const run = (...flags: string[]) =>
  spawn(process.execPath, [program, ...flags], { stdio: ["ignore", "pipe", "pipe"] });

test("the program prints one line when it serves, and SIGTERM ends it", async () => {
  const child = run("--seed", "7", "--preset", "storm");
  const [line]: unknown[] = await once(child.stdout, "data");
  const ready = JSON.parse(String(line)) as { event: string; url: string; port: number };
  assert.deepEqual([ready.event, ready.url], ["ready", `http://127.0.0.1:${ready.port}`]);
  const { rules } = (await (await fetch(`${ready.url}/_sim/scenario`)).json()) as {
    rules: { name: string }[];
  };
  assert.equal(rules[0]?.name, "storm");
  child.kill("SIGTERM");
  const [code]: unknown[] = await once(child, "exit");
  assert.equal(code, 0);
});

const wrong: readonly [flags: string[], says: RegExp][] = [
  [["--port", "70000"], /Cannot read --port "70000": expected an integer from 0 to 65535/],
  [["--seed", ""], /Cannot read --seed ""/],
  [["--preset", "toString"], /known are calm, human/],
  [["--host", "0.0.0.0"], /loopback addresses only/],
  [["--prot", "1"], /--prot/],
];
for (const [flags, says] of wrong) {
  test(`the program refuses ${flags.join(" ")}`, async () => {
    const child = run(...flags);
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString()));
    const [code]: unknown[] = await once(child, "close");
    assert.equal(code, 1);
    assert.match(said, says);
  });
}
