import type { Clock } from "../../time/clock.ts";

/** An answer with bytes that leave when the turn of the event loop is over. */
export interface Departing {
  depart(): void;
}

/**
 * Lets the answers of one turn leave one behind the other at its end. Between two answers that
 * leave as soon as they are made lie 100 us of other work, in which whoever reads them falls
 * asleep again: to wake it costs the kernel 10 us of the writer's time, each time.
 */
export class Outbox {
  readonly #clock: Clock;
  #waiting: Departing[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(answer: Departing): void {
    if (this.#waiting.push(answer) === 1) this.#clock.soon(this.#empty);
  }

  readonly #empty = (): void => {
    const due = this.#waiting;
    this.#waiting = [];
    for (const answer of due) answer.depart();
  };
}
