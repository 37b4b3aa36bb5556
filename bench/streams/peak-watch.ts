import { setTimeout as sleep } from "node:timers/promises";
import { cpuMicros, rssMb } from "../process-tree.ts";

const lookMs = 500;

/** The most memory that the gateway had, and what it worked meanwhile. */
export class PeakWatch {
  mb = 0;
  readonly #pid: number;
  readonly #sinceMs = performance.now();
  readonly #cpuBefore: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#cpuBefore = cpuMicros(pid);
  }

  coreShare(): number {
    const micros = cpuMicros(this.#pid) - this.#cpuBefore;
    return micros / ((performance.now() - this.#sinceMs) * 1_000);
  }

  async watch(forMs: number, isOver: () => boolean): Promise<void> {
    const untilMs = performance.now() + forMs;
    while (performance.now() < untilMs && !isOver()) {
      this.mb = Math.max(this.mb, rssMb(this.#pid));
      await sleep(lookMs);
    }
  }
}
