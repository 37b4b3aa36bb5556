import type { Clock } from "@sekisho/lib/time/clock.ts";

/** Beyond so many the oldest may be tried again, by whoever has its code too. */
const stateLimit = 10_000;

/** Which sign-ins have come back already: each does once. */
export class UsedStates {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #lifeMs: number;
  readonly #told: (state: string) => void;
  readonly #used = new Map<string, number>();

  /** `told` hears of each that is used here: other processes know it then. */
  constructor(
    clock: Pick<Clock, "monotonicMs">,
    lifeMs: number,
    told: (state: string) => void = () => {},
  ) {
    this.#clock = clock;
    this.#lifeMs = lifeMs;
    this.#told = told;
  }

  /** False when it was used before. */
  use(state: string): boolean {
    if (this.#used.has(state)) return false;
    this.usedElsewhere(state);
    this.#told(state);
    return true;
  }

  usedElsewhere(state: string): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [each, untilMs] of this.#used) {
      if (untilMs > nowMs && this.#used.size < stateLimit) break;
      this.#used.delete(each);
    }
    this.#used.set(state, nowMs + this.#lifeMs);
  }
}
