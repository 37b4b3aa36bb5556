import type { RateShare, RateShares } from "@sekisho/gateway/limits/rate-shares.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { WorkerParts } from "./worker-parts.ts";

/** So often processes tell each other what they have granted. */
const tellMs = 100;

interface Told {
  readonly slot: number;
  readonly shares: readonly RateShare[];
}

/** Keeps the rates of several processes together (MON-13). */
export class RateSpread implements Disposable {
  readonly #clock: Clock;
  readonly #shares: RateShares;
  readonly #worker: WorkerParts;
  #timer: Timer;

  constructor(clock: Clock, shares: RateShares, worker: WorkerParts) {
    this.#clock = clock;
    this.#shares = shares;
    this.#worker = worker;
    worker.link.subscribe("rates", (told) => {
      const { slot, shares: theirs } = told as Told; // published below
      shares.take(slot, theirs);
    });
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    return this.#clock.after(tellMs, () => {
      const { link, start } = this.#worker;
      const shares = this.#shares.collect();
      if (shares.length > 0) link.publish("rates", { slot: start.slot, shares } satisfies Told);
      for (const { slot, state } of link.workers) {
        if (state !== "serving") this.#shares.forget(slot);
      }
      this.#timer = this.#arm();
    });
  }
}
