import { getHeapStatistics } from "node:v8";
import type { LoadGate } from "@sekisho/gateway/limits/load-gate.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import { LoopLag } from "@sekisho/lib/time/loop-lag.ts";

const everyMs = 250;

export interface LoadSources {
  readonly clock: Clock;
  readonly gate: Pick<LoadGate, "sampled">;
  /** How long the oldest of those has waited who wait for something in this process. */
  readonly queueAgesMs: readonly (() => number)[];
}

/** Tells the gate four times a second how loaded this process is (RTE-17). */
export class LoadWatch implements Disposable {
  readonly #sources: LoadSources;
  readonly #lag: LoopLag;
  #timer: Timer;

  constructor(sources: LoadSources) {
    this.#sources = sources;
    this.#lag = new LoopLag(sources.clock);
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#lag[Symbol.dispose]();
  }

  #arm(): Timer {
    return this.#sources.clock.after(everyMs, () => this.#sample());
  }

  #sample(): void {
    const { clock, gate, queueAgesMs } = this.#sources;
    const heap = getHeapStatistics();
    const sample = {
      lagMs: this.#lag.p99Ms(),
      heapShare: heap.used_heap_size / heap.heap_size_limit,
      queueAgeMs: Math.max(0, ...queueAgesMs.map((ageMs) => ageMs())),
    };
    gate.sampled(sample, clock.monotonicMs());
    this.#timer = this.#arm();
  }
}
