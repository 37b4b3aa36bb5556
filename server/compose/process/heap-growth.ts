import { getHeapStatistics, setFlagsFromString } from "node:v8";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const everyMs = 250;
const mebibyte = 1_024 * 1_024;

/** From this size on the heap grows slowly, until it is much smaller. */
const largeBytes = 128 * mebibyte;
const smallBytes = 80 * mebibyte;

/** How much a large heap may grow, in percent, before garbage is looked for. */
const slowPercent = 25;
/** V8's own choice: up to four times what was alive. */
const ownChoice = 0;

/** What V8 is asked and told. */
export interface HeapPorts {
  readonly clock: Clock;
  readonly usedBytes: () => number;
  readonly setGrowthPercent: (percent: number) => void;
}

export const v8Heap: Omit<HeapPorts, "clock"> = {
  usedBytes: () => getHeapStatistics().used_heap_size,
  setGrowthPercent: (percent) => setFlagsFromString(`--heap-growing-percent=${percent}`),
};

/**
 * Keeps a large heap from doubling before V8 looks for garbage in it: 10,000 streams that have
 * ended would still stand there while the next 10,000 begin. A small heap is left alone: 64 chunks
 * in one write are buffers beside it that count with it, and to look for garbage each 10 MB of them
 * made a stream cost half as much again.
 *
 * The young generation is left to V8: its collections take 3 us of the 165 of a Converse stream.
 * With `--min-semi-space-size=16` such a stream cost 0.97 to 1.02 times as much, for 28 MB of
 * memory; `--max-semi-space-size=64` took 56 MB. Both can be said at the start of a process alone.
 *
 * Disposing gives the choice back: what V8 compiles is kept for the next start, and is valid only
 * under the flags that the process began with.
 */
export class HeapGrowth implements Disposable {
  readonly #ports: HeapPorts;
  #isSlow = false;
  #timer: Timer;

  constructor(ports: HeapPorts) {
    this.#ports = ports;
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#become(false);
  }

  #arm(): Timer {
    return this.#ports.clock.after(everyMs, () => this.#look());
  }

  #look(): void {
    const bytes = this.#ports.usedBytes();
    this.#become(bytes >= (this.#isSlow ? smallBytes : largeBytes));
    this.#timer = this.#arm();
  }

  #become(isSlow: boolean): void {
    if (isSlow === this.#isSlow) return;
    this.#isSlow = isSlow;
    this.#ports.setGrowthPercent(isSlow ? slowPercent : ownChoice);
  }
}
