import type { Clock } from "@sekisho/lib/time/clock.ts";

const everyMs = 500;

/** The part of `process` that is watched, and told. */
export interface WatchedProcess {
  readonly pid: number;
  readonly ppid: number;
  kill(pid: number, signal: "SIGTERM"): unknown;
}

/** Sends this process SIGTERM once, as soon as the process that started it is gone. */
export function watchParent(clock: Clock, own: WatchedProcess): void {
  const parent = own.ppid;
  const look = (): void => {
    if (own.ppid === parent) clock.after(everyMs, look);
    else own.kill(own.pid, "SIGTERM");
  };
  clock.after(everyMs, look);
}
