import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const kibibyte = 1_024;

/** Memory of a process that is in use right now, as the operating system counts it, in bytes. */
export function residentBytes(pid: number): number {
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * kibibyte;
  }
  return (
    Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * kibibyte
  );
}

const lookEveryMs = 5;

/** The most memory that the process had while `work` was done, in bytes. */
export async function peakMemory(pid: number, work: Promise<unknown>): Promise<number> {
  let peak = residentBytes(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, lookEveryMs);
  try {
    await work;
    return Math.max(peak, residentBytes(pid));
  } finally {
    clearInterval(timer);
  }
}
