import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";

/** The clock of one simulated process: once it has died, nothing that it had planned runs. */
export class MortalClock implements Clock {
  readonly #world: VirtualClock;
  readonly #timers = new Set<Timer>();
  #isDead = false;

  constructor(world: VirtualClock) {
    this.#world = world;
  }

  wallMs(): number {
    return this.#world.wallMs();
  }

  monotonicMs(): number {
    return this.#world.monotonicMs();
  }

  after(delayMs: number, run: () => void): Timer {
    if (this.#isDead || delayMs === Infinity) return { cancel: () => {} };
    const timer = this.#world.after(delayMs, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  soon(run: () => void): void {
    this.#world.soon(() => {
      if (!this.#isDead) run();
    });
  }

  die(): void {
    this.#isDead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
