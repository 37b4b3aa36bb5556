import type { Clock } from "./clock.ts";

export interface SteadyWallLimits {
  /** A step ahead that is longer than this is doubted. */
  readonly leapMs: number;
  /** A wall clock that was doubted and went on for so long without another leap is believed. */
  readonly believedAfterMs: number;
}

/**
 * Doubts a wall clock that leaps ahead: what cannot be undone waits until it has stood there for
 * some time, in which a clock that is wrong is usually set right. A leap is more than the time that
 * has passed by the monotonic clock, or, at the start of a process, more than what was stored last.
 */
export class SteadyWall {
  readonly #clock: Clock;
  readonly #limits: SteadyWallLimits;
  #wallMs: number;
  #monotonicMs: number;
  #doubtedSinceMs: number | null = null;

  /** `storedMs`: the newest instant that an earlier process has kept, null where there is none. */
  constructor(clock: Clock, limits: SteadyWallLimits, storedMs: number | null) {
    this.#clock = clock;
    this.#limits = limits;
    this.#monotonicMs = clock.monotonicMs();
    this.#wallMs = storedMs ?? clock.wallMs();
    this.look();
  }

  /** To be called often: the leap since the last look, 0 when there was none. */
  look(): number {
    const [wallMs, monotonicMs] = [this.#clock.wallMs(), this.#clock.monotonicMs()];
    const leapMs = wallMs - this.#wallMs - (monotonicMs - this.#monotonicMs);
    const isLeap = Math.abs(leapMs) > this.#limits.leapMs;
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    // Back again is where it was believed before; only who leaps ahead makes days go by.
    if (isLeap) this.#doubtedSinceMs = leapMs > 0 ? monotonicMs : null;
    return isLeap ? leapMs : 0;
  }

  /** May something be done for good because of the time that it is? */
  get isSteady(): boolean {
    const { believedAfterMs } = this.#limits;
    if (this.#doubtedSinceMs === null) return true;
    return this.#clock.monotonicMs() - this.#doubtedSinceMs >= believedAfterMs;
  }
}
