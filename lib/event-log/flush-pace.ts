import type { Clock } from "../time/clock.ts";

/** A log with entries that nobody may read before they are kept. */
export interface Flushed {
  flush(): void;
}

const leastTickMs = 50;
/** So many entries a second are written when each of the logs has one in each tick. */
const flushesPerSecond = 20_000;

/**
 * When logs write what they have gathered: together, every 50 ms, and less often where there are
 * more than 1,000 of them, so that one process writes at most 20,000 chunks a second (STR-2).
 */
export class FlushPace {
  readonly #clock: Clock;
  readonly #active: () => number;
  #waiting = new Set<Flushed>();
  #isTicking = false;

  constructor(clock: Clock, active: () => number) {
    this.#clock = clock;
    this.#active = active;
  }

  get tickMs(): number {
    return Math.max(leastTickMs, (this.#active() / flushesPerSecond) * 1_000);
  }

  /** Has `log.flush` called at the next tick. */
  want(log: Flushed): void {
    this.#waiting.add(log);
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#clock.after(this.tickMs, () => this.#tick());
  }

  #tick(): void {
    this.#isTicking = false;
    const due = this.#waiting;
    this.#waiting = new Set();
    for (const log of due) log.flush();
  }
}
