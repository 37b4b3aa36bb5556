import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Answer } from "./answer.ts";
import type { CallResult } from "./attempt.ts";
import type { Flight, Seat } from "./cache/flight.ts";
import type { Response } from "./responses/response.ts";

/** A call that asks a model while others may read its answer with it. */
export class Lead {
  readonly #flight: Flight;
  /** Of one that has read with others until they came to nothing; null: it has none yet. */
  readonly response: Response | null;
  #seat: Seat | null = null;
  #result: CallResult | null = null;

  constructor(flight: Flight, response: Response | null) {
    this.#flight = flight;
    this.response = response;
  }

  /** Where its attempts put what they are told. */
  get answer(): Answer {
    return this.#flight;
  }

  /** Does anybody wait for it? */
  get isWanted(): boolean {
    return this.#flight.isWanted;
  }

  /** What it came to; null while it is under way. */
  get result(): CallResult | null {
    return this.#result;
  }

  /** Are its rows written? */
  get isSettled(): boolean {
    return this.#result !== null;
  }

  /** From here on its own client reads as everybody else does. */
  board(response: Response, abort: (cause: Code) => void): void {
    const seat: Seat = {
      answer: response,
      missed: ({ failure, served }) => response.fail(failure, served),
    };
    this.#seat = seat;
    this.#flight.endedBy(abort);
    // It may have left while others were asked for their leave.
    if (response.isOver) return;
    this.#flight.board(seat);
    response.cancelledBy((cause) => this.#flight.depart(seat, cause));
  }

  settled(result: CallResult): void {
    this.#result = result;
  }

  /** Nothing is sent; its own client is told by who has refused it. */
  refused(failure: Failure<Code>): void {
    if (this.#seat !== null) this.#flight.dismiss(this.#seat);
    this.#flight.refused(failure);
  }
}
