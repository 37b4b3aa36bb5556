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

  /**
   * Resolves when no response is under way and `answersOut` has: a slow reader may lag behind the
   * end of its response. After `graceMs` it resolves all the same (STR-12).
   */
  async run(graceMs: number, answersOut: () => Promise<unknown>): Promise<void> {
    this.#isOn = true;
    const { promise: graceOver, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(graceMs, resolve);
    try {
      await Promise.race([graceOver, this.#responses.idle().then(answersOut)]);
    } finally {
      timer.cancel();
    }
  }
}
