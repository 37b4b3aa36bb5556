import type { Clock } from "@sekisho/lib/time/clock.ts";
import { codes } from "@sekisho/wire/canonical/codes.data.ts";
import type { Flight, MissedEnd, Seat } from "../cache/flight.ts";
import type { GivenCall } from "./given-call.ts";

export interface SharedCallParts {
  readonly clock: Clock;
  /** The answer came to nothing: somebody asks for another one, once. */
  readonly again: (shared: SharedCall) => void;
}

/** A call that reads the answer of another one while that is made, within its own deadline. */
export class SharedCall implements Seat {
  readonly answer: GivenCall;
  readonly #parts: SharedCallParts;
  #hasMissed = false;

  constructor(answer: GivenCall, parts: SharedCallParts) {
    this.answer = answer;
    this.#parts = parts;
  }

  get deadlineMs(): number {
    return this.answer.call.deadlineMs;
  }

  /** Takes a seat, which it leaves when its client or its deadline wants it. */
  board(flight: Flight): void {
    this.answer.response.cancelledBy((cause) => flight.depart(this, cause));
    flight.board(this);
  }

  /** What would come again is handed on; else somebody asks once more for all who wait. */
  missed({ failure, served, isPersonal }: MissedEnd): void {
    const mayHelp = isPersonal || codes[failure.code].retryable;
    const isLate = this.#parts.clock.monotonicMs() >= this.deadlineMs;
    if (this.#hasMissed || !mayHelp || isLate) return this.answer.fail(failure, served);
    this.#hasMissed = true;
    this.#parts.again(this);
  }
}
