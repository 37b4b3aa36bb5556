import type { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

const lookMs = 60_000;

export interface CacheUpkeepParts {
  readonly clock: Clock;
  readonly cache: Pick<AnswerCache, "sweep">;
  /** Of several processes one takes out of the file what is over. */
  readonly leads: () => boolean;
}

/** Kept answers leave when they are over, though nobody asks for anything any more. */
export class CacheUpkeep implements Disposable {
  readonly #parts: CacheUpkeepParts;
  #timer: Timer;

  constructor(parts: CacheUpkeepParts) {
    this.#parts = parts;
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #arm(): Timer {
    const { clock, cache, leads } = this.#parts;
    return clock.after(lookMs, () => {
      cache.sweep(leads());
      this.#timer = this.#arm();
    });
  }
}
