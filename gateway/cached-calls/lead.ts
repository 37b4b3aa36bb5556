import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Answer } from "../answer.ts";
import type { CallResult } from "../attempt.ts";
import type { Until } from "../call.ts";
import type { Flight, Seat } from "../cache/flight.ts";
import type { Response } from "../responses/response.ts";
import type { RunningCall } from "../calls/running-call.ts";

/** A call that asks a model while others may read its answer with it. */
export class Lead {
  readonly #flight: Flight;
  /** Of one that has read with others until they came to nothing; null: it has none yet. */
  readonly response: Response | null;
  #seat: Seat | null = null;
  #boarded: Response | null = null;
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

  /** Its attempts go on for as long as somebody waits. */
  get until(): Until {
    return this.#flight;
  }

  /** From here on its own client reads as everybody else does. */
  board({ call, response }: RunningCall, abort: (cause: Code) => void): void {
    const seat: Seat = {
      answer: response,
      deadlineMs: call.deadlineMs,
      missed: ({ failure, served }) => response.fail(failure, served),
    };
    this.#seat = seat;
    this.#boarded = response;
    this.#flight.endedBy(abort);
    // It may have left while others were asked for their leave.
    if (response.isOver) return;
    this.#flight.board(seat);
    response.cancelledBy((cause) => this.#flight.depart(seat, cause));
  }

  settled(result: CallResult): void {
    this.#result = result;
  }

  /** As its rows have it: one that has left before the others was not answered whole. */
  booked(result: CallResult): CallResult {
    const state = this.#boarded?.state;
    if (result.cause !== null || state?.kind !== "failed") return result;
    return { ...result, cause: state.failure.code };
  }

  /** Nothing is sent; its own client is told by who has refused it. */
  refused(failure: Failure<Code>): void {
    if (this.#seat !== null) this.#flight.dismiss(this.#seat);
    this.#flight.refused(failure);
  }
}
