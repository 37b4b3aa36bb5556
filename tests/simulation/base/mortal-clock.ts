import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";

/**
 * The clock of one simulated process: once it has died, nothing that it had planned runs; while it
 * is stopped, what is due waits.
 */
export class MortalClock implements Clock {
  readonly #world: VirtualClock;
  readonly #timers = new Set<Timer>();
  #isDead = false;
  /** What was due while it was stopped; null while it is not. */
  #held: (() => void)[] | null = null;

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
    let isCancelled = false;
    const timer = this.#world.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#run(() => {
        if (!isCancelled) run();
      });
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        isCancelled = true;
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  soon(run: () => void): void {
    this.#world.soon(() => this.#run(run));
  }

  /** As by SIGSTOP. */
  stop(): void {
    this.#held ??= [];
  }

  /** As by SIGCONT: all that was due runs, one after another. */
  goOn(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) this.soon(run);
  }

  #run(run: () => void): void {
    if (this.#isDead) return;
    if (this.#held === null) run();
    else this.#held.push(run);
  }

  die(): void {
    this.#isDead = true;
    this.#held = null;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
