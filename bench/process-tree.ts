import { readdirSync, readFileSync } from "node:fs";

/** Linux reports process times to user space in ticks of 10 ms, whatever the kernel's own HZ. */
const MICROS_PER_TICK = 10_000;

/** `pid` and its living descendants, parents first. Linux only. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (let index = 0; index < tree.length; index++) {
    tree.push(...childrenOf(tree[index]!));
  }
  return tree;
}

/** User and system CPU time of the tree since its processes began, in microseconds. */
export function cpuMicros(pid: number): number {
  let ticks = 0;
  for (const member of processTree(pid)) {
    const stat = readIfAlive(`/proc/${member}/stat`);
    // The command's name is in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * MICROS_PER_TICK;
}

/** Resident memory of the tree in MB (2^20 bytes). Pages that members share count once each. */
export function rssMb(pid: number): number {
  let kb = 0;
  for (const member of processTree(pid)) {
    kb += Number(/^VmRSS:\s+(\d+)/m.exec(readIfAlive(`/proc/${member}/status`))?.[1] ?? 0);
  }
  return kb / 1024;
}

/** The hard limit of open files for this process and what it starts. */
export function openFilesLimit(): number {
  const line = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
  return line?.[1] === "unlimited" ? Number.POSITIVE_INFINITY : Number(line?.[1] ?? 1024);
}

function childrenOf(pid: number): number[] {
  const found: number[] = [];
  for (const task of tasksOf(pid)) {
    const line = readIfAlive(`/proc/${pid}/task/${task}/children`).trim();
    if (line !== "") found.push(...line.split(" ").map(Number));
  }
  return found;
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process may end between two reads; then it counts for nothing. */
function readIfAlive(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
