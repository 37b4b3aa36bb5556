import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { PinnedProcesses } from "./pinned-processes.ts";
import { processTree } from "./process-tree.ts";

const linux = { skip: process.platform === "linux" ? false : "needs taskset" };
const ready = `console.log('{"event":"ready"}');`;

function processesIn(context: TestContext): PinnedProcesses {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-pinned-"));
  const processes = new PinnedProcesses(folder);
  context.after(async () => {
    await processes[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return processes;
}

const node = (script: string) => ({ command: [process.execPath, "-e", script], env: {} });

test("a program is ready with its line and gone after stop()", linux, async (context) => {
  const processes = processesIn(context);
  const plan = { ...node(`${ready} setInterval(() => {}, 1000)`), ready: "line" } as const;
  const program = await processes.start("one", 0, plan);
  assert.ok(program.readyMs > 0);
  await program.stop(2000);
  assert.throws(() => process.kill(program.pid, 0), /ESRCH/);
});

test("a program that ignores SIGTERM is killed with its children", linux, async (context) => {
  const processes = processesIn(context);
  const script = `
    process.on("SIGTERM", () => {});
    require("node:child_process").spawn("sleep", ["60"]);
    ${ready}
    setInterval(() => {}, 1000);`;
  const program = await processes.start("deaf", 0, { ...node(script), ready: "line" });
  const tree = processTree(program.pid);
  assert.equal(tree.length, 2);
  await program.stop(50);
  for (const pid of tree) assert.deepEqual(processTree(pid), [pid]);
  assert.throws(() => process.kill(program.pid, 0), /ESRCH/);
});

test(
  "a program that ends before it serves is reported with its last words",
  linux,
  async (context) => {
    const processes = processesIn(context);
    const script = `console.error("no such config"); process.exit(3)`;
    const start = processes.start("broken", 0, { ...node(script), ready: "line" });
    await assert.rejects(start, /Cannot start broken: it ended with code 3\s+no such config/);
    const missing = { command: ["/nonexistent/program"], env: {}, ready: 1 } as const;
    await assert.rejects(processes.start("missing", 0, missing), /Cannot start missing/);
  },
);

test(
  "output() returns what a program prints, and ends one that takes too long",
  linux,
  async (context) => {
    const processes = processesIn(context);
    const said = await processes.output("say", 0, {
      ...node(`console.log("hi")`),
      withinMs: 60_000,
    });
    assert.equal(said, "hi\n");
    const slow = { ...node("setInterval(() => {}, 1000)"), withinMs: 300 };
    await assert.rejects(processes.output("slow", 0, slow), /limit 300 ms/);
  },
);
