import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Admission, Admitted, CallSettings, PlannedCall } from "./admission.ts";
import type { Arrival } from "./arrival.ts";
import { CallBooks, type Besides, type CallBooksParts, type Held } from "./call-books.ts";
import type { Call } from "./call.ts";
import type { CallResult } from "./attempt.ts";
import { Run, type DispatchPorts } from "./dispatch/run.ts";
import { settle, spentOf } from "./ledger/settlement.ts";
import type { Response } from "./responses/response.ts";
import type { Responses } from "./responses/responses.ts";
import { twice } from "./amounts.ts";
import { dearestOf } from "./plan.ts";
import type { SurfaceHead, SurfaceRequest } from "./request.ts";
import { validate } from "./validate/validate.ts";

/** What the pipeline joins. */
export interface PipelineParts extends CallBooksParts {
  readonly clock: Clock;
  readonly admission: Admission;
  readonly dispatch: DispatchPorts;
  readonly responses: Responses;
}

/** An admitted call, and the response that it has or will have. */
export interface RunningCall {
  readonly call: Call;
  readonly response: Response;
}

/** Of a call that is the only one of its name. */
export interface Once {
  readonly besides: Besides;
  /** Told of its response before that says anything. */
  readonly record: (response: Response) => void;
}

/** Reads a body in the words of its surface. Throws Failure. */
type ReadBody = (said: SurfaceHead, body: Buffer) => SurfaceRequest;

interface DispatchRest {
  readonly held: Held;
  readonly provider: CallSettings["provider"];
  readonly isGone: boolean;
  readonly once: Once | null;
}

/** Every model request, on every surface, passes these stages in this order. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #books: CallBooks;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#books = new CallBooks(parts);
  }

  /**
   * Takes a request from its head to a running response, whose log the caller reads. Throws Failure
   * when a stage refuses; nothing is held or written then.
   */
  async run(arrival: Arrival): Promise<RunningCall> {
    const admitted = await this.admit(arrival);
    try {
      return await this.begin(admitted, arrival);
    } catch (refusal) {
      this.leave();
      throw refusal;
    }
  }

  /** Counts out a call that was admitted and has no response. */
  leave(): void {
    this.#parts.responses.leave();
  }

  /**
   * The first of the two steps of `run`: identity, surface, rate, body, validation, model. Who gets
   * the call begins it, or counts it out.
   */
  admit(arrival: Arrival, read: ReadBody = validate): Promise<Admitted> {
    return this.#parts.admission.admit(arrival, read);
  }

  /** The second. With `once` the call is the only one of its name, and its response is recorded. */
  async begin(
    admitted: Admitted,
    arrival: Arrival,
    once: Once | null = null,
  ): Promise<RunningCall> {
    const { admission } = this.#parts;
    const fitting = admission.planFitting(admitted, arrival);
    const planned = await admission.attach(fitting, fitting.plan, arrival);
    try {
      const reserved = this.#reserve(planned);
      const held = once === null ? reserved : { ...reserved, besides: once.besides };
      await this.#books.intend(planned.call, planned.plan, held);
      const { provider } = admitted;
      return this.#dispatch(planned, { held, provider, isGone: arrival.isGone(), once });
    } catch (refusal) {
      planned.attached?.[Symbol.dispose]();
      throw refusal;
    }
  }

  /** Opens the response and sends the first attempt; whatever becomes of it, it is settled once. */
  #dispatch(planned: PlannedCall, rest: DispatchRest): RunningCall {
    try {
      return this.#open(planned, rest);
    } catch (defect) {
      const { held } = rest;
      const result = { attempts: [], counts: null, cause: "internal" } as const;
      if (held.hold.open) this.#settle(planned.call, held, result);
      throw defect;
    }
  }

  #open({ call, plan, attached }: PlannedCall, rest: DispatchRest): RunningCall {
    const { responses, dispatch } = this.#parts;
    const response = responses.open(call.id);
    const run = new Run(dispatch, {
      call,
      plan,
      answer: response,
      provider: rest.provider,
      reservedNanoUsd: rest.held.hold.amounts.nanoUsd,
      settle: (result) => {
        attached?.[Symbol.dispose]();
        return this.#settle(call, rest.held, result);
      },
    });
    response.cancelledBy((cause) => run.abort(cause));
    rest.once?.record(response);
    // Others may wait for the same answer.
    if (rest.isGone && rest.once === null) run.abort("client_closed");
    else run.start();
    return { call, response };
  }

  /** For an answer that may be continued twice as much, where there is so much. Throws Failure. */
  #reserve(planned: PlannedCall): Held {
    const dearest = dearestOf(planned.plan.attempts);
    if (!planned.call.continues) return this.#books.reserve(planned, dearest);
    try {
      return this.#books.reserve(planned, twice(dearest));
    } catch {
      return this.#books.reserve(planned, dearest);
    }
  }

  #settle(call: Call, held: Held, result: CallResult): number | null {
    const { clock } = this.#parts;
    const { amounts } = held.hold;
    const settlement = settle(call, result, {
      reservedNanoUsd: amounts.nanoUsd,
      endedMs: clock.monotonicMs(),
      endedWallMs: clock.wallMs(),
    });
    this.#books.settle(settlement, held, spentOf(settlement, amounts));
    return settlement.costNanoUsd;
  }
}
