import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

/** So often this process looks for what others have changed: it is in force within a second. */
const lookMs = 250;

export interface SharedWatchParts {
  readonly clock: Clock;
  readonly log: GatewayLog;
  /** Each looks whether its part of the file has changed, and takes what has. */
  readonly looks: readonly (() => void | Promise<void>)[];
}

/** Takes what other processes of the host have changed in the file. */
export class SharedWatch implements Disposable {
  readonly #parts: SharedWatchParts;
  #timer: Timer | null = null;
  #isOver = false;

  constructor(parts: SharedWatchParts) {
    this.#parts = parts;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  /** Never rejects: what could not be taken is told, and taken with the next change. */
  async look(): Promise<void> {
    const { log, looks } = this.#parts;
    for (const each of looks) {
      try {
        await each();
      } catch (error) {
        if (!this.#isOver) log.error("a change of another process was not taken", { error });
      }
    }
  }

  #arm(): void {
    this.#timer = this.#parts.clock.after(lookMs, () => {
      void this.look().finally(() => {
        if (!this.#isOver) this.#arm();
      });
    });
  }
}
