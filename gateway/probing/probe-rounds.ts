import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";

export interface RoundPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** One look at everything there is to look at; it ends soon after the signal is aborted. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  /** Reports what `look` rejected with; the next round comes all the same. */
  readonly defect: (error: unknown) => void;
}

/**
 * Looks again and again, one round after the other. The first comes at a random moment of the first
 * interval, so that processes that start together do not look together; each further one an
 * interval after the one before began, or as soon as that has ended.
 */
export class ProbeRounds {
  readonly #ports: RoundPorts;
  readonly #stopped = new AbortController();
  #everyMs: number;
  #timer: Timer;

  constructor(ports: RoundPorts, everyMs: number) {
    this.#ports = ports;
    this.#everyMs = everyMs;
    this.#timer = this.#after(ports.random.float() * everyMs);
  }

  /** Another interval from the next round on. */
  repace(everyMs: number): void {
    this.#everyMs = everyMs;
  }

  /** For good; a look that is under way is ended. */
  stop(): void {
    this.#timer.cancel();
    this.#stopped.abort();
  }

  #after(delayMs: number): Timer {
    return this.#ports.clock.after(delayMs, () => void this.#round());
  }

  async #round(): Promise<void> {
    const { clock, look, defect } = this.#ports;
    const { signal } = this.#stopped;
    const beganMs = clock.monotonicMs();
    try {
      await look(signal);
    } catch (error) {
      defect(error);
    }
    if (signal.aborted) return;
    this.#timer = this.#after(beganMs + this.#everyMs - clock.monotonicMs());
  }
}
