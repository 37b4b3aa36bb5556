import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { cpuMicros, openFilesLimit, processTree, rssMb } from "./process-tree.ts";

const linux = { skip: process.platform === "linux" ? false : "needs /proc" };

test("a tree has the children of children", linux, async () => {
  const shell = spawn("sh", ["-c", "sleep 30 & echo started; wait"], { detached: true });
  try {
    await once(shell.stdout, "data");
    const tree = processTree(shell.pid!);
    assert.equal(tree.length, 2);
    assert.equal(tree[0], shell.pid);
    assert.ok(processTree(process.pid).includes(tree[1]!));
    assert.ok(rssMb(shell.pid!) > 0);
  } finally {
    process.kill(-shell.pid!, "SIGKILL");
    await once(shell, "close");
  }
});

test("the CPU time of this process is what Node says it is", linux, () => {
  const { user, system } = process.cpuUsage();
  const measured = cpuMicros(process.pid);
  // Ticks of 10 ms, user and system each cut off.
  assert.ok(Math.abs(measured - user - system) < 100_000, `${measured} and ${user + system}`);
});

test("a process that is gone costs nothing", linux, () => {
  const gone = 2 ** 22 + 1;
  assert.equal(cpuMicros(gone), 0);
  assert.equal(rssMb(gone), 0);
});

test("the limit of open files is a number", linux, () => {
  assert.ok(openFilesLimit() >= 64);
});
