import type { Responses } from "@sekisho/gateway/responses/responses.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";

/** The last minutes of a process: no new model request, those under way run to their end. */
export class Drain {
  readonly #responses: Responses;
  readonly #clock: Clock;
  #isOn = false;

  constructor(responses: Responses, clock: Clock) {
    this.#responses = responses;
    this.#clock = clock;
  }

  readonly isOn = (): boolean => this.#isOn;

  /** Resolves when no response is under way, or after `graceMs` all the same (STR-12). */
  run(graceMs: number): Promise<void> {
    this.#isOn = true;
    return new Promise((resolve) => {
      const timer = this.#clock.after(graceMs, resolve);
      void this.#responses.idle().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
