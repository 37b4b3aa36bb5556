import type { Clock } from "@sekisho/lib/time/clock.ts";
import type {
  Admission,
  Admitted,
  AskedCall,
  CallSettings,
  PlannedCall,
} from "./admission/admission.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Arrival } from "./arrival.ts";
import {
  CallBooks,
  settleCall,
  type Besides,
  type CallBooksParts,
  type Held,
} from "./calls/call-books.ts";
import { isGiven } from "./cache-policy.ts";
import type { CachedCalls } from "./cached-calls/cached-calls.ts";
import { Run, type DispatchPorts } from "./dispatch/run.ts";
import type { FittedCalls } from "./history/fitted-calls.ts";
import { handedShare } from "./responses/handed-share.ts";
import type { Lead } from "./cached-calls/lead.ts";
import type { Responses } from "./responses/responses.ts";
import { twice } from "./amounts.ts";
import { dearestOf } from "./plan.ts";
import type { Once, RunningCall } from "./calls/running-call.ts";
import type { SurfaceHead, SurfaceRequest } from "./request.ts";
import { validate } from "./validate/validate.ts";

/** What the pipeline joins. */
export interface PipelineParts extends CallBooksParts {
  readonly clock: Clock;
  readonly admission: Admission;
  readonly fitted: Pick<FittedCalls, "plan">;
  readonly dispatch: DispatchPorts;
  readonly responses: Responses;
  readonly cached: Pick<CachedCalls, "place" | "take">;
}

/** Reads a body in the words of its surface. Throws Failure. */
type ReadBody = (said: SurfaceHead, body: Buffer) => SurfaceRequest;

interface DispatchRest {
  readonly held: Held;
  readonly provider: CallSettings["provider"];
  readonly isGone: boolean;
  readonly once: Once | null;
  readonly lead: Lead | null;
}

/** How a call is sent to a model. */
interface Sending extends Pick<DispatchRest, "once" | "lead"> {
  readonly arrival: Arrival;
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
  admit(arrival: Arrival, read: ReadBody = validate): Promise<Admitted<SurfaceHead>> {
    return this.#parts.admission.admit(arrival, read);
  }

  /** The second. With `once` the call is the only one of its name, and its response is recorded. */
  async begin(
    admitted: Admitted<SurfaceHead>,
    arrival: Arrival,
    once: Once | null = null,
  ): Promise<RunningCall> {
    const { fitted, cached } = this.#parts;
    const found = fitted.plan(admitted, arrival);
    // Nearly every call fits, and waits for nothing here.
    const fitting = found instanceof Promise ? await found : found;
    const place = cached.place(fitting, arrival);
    // Awaited, since a promise that is returned as it is takes three turns of the queue.
    if (place === null) return await this.#send(fitting, { arrival, once, lead: null });
    const send = (asked: AskedCall, lead: Lead | null): Promise<RunningCall> =>
      this.#send(asked, { arrival, once, lead });
    const taken = cached.take(place, { once, send, gone: () => arrival.gone() });
    // A kept answer is there, and waits for nothing here.
    const running = taken instanceof Promise ? await taken : taken;
    if (isGiven(running.call.cache)) this.remember(admitted);
    return running;
  }

  /** The call was answered without a model: who asks once more is not read again. */
  remember(admitted: Admitted<SurfaceHead>): void {
    this.#parts.admission.remember(admitted, validate);
  }

  /** To a model: whoever gives no answer of another call asks for one. */
  async #send(asked: AskedCall, { arrival, once, lead }: Sending): Promise<RunningCall> {
    const { admission } = this.#parts;
    const attaching = admission.attach(asked, asked.plan, arrival);
    const planned = attaching instanceof Promise ? await attaching : attaching;
    try {
      const reserved = this.#reserve(planned);
      const held = once === null ? reserved : { ...reserved, besides: besidesOf(once, lead) };
      await this.#books.intend(planned.call, planned.plan, held);
      const { provider } = asked;
      return this.#dispatch(planned, { held, provider, isGone: arrival.isGone(), once, lead });
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
      if (held.hold.open) {
        settleCall(this.#books, this.#parts.clock, { call: planned.call, held, result });
      }
      rest.lead?.settled(result);
      throw defect;
    }
  }

  #open({ call, plan, attached }: PlannedCall, rest: DispatchRest): RunningCall {
    const { responses, dispatch } = this.#parts;
    const { once, lead } = rest;
    const response = lead?.response ?? responses.open(call.id, call.principal.tenant);
    const answer = lead?.answer ?? response;
    const run = new Run(dispatch, {
      call,
      plan,
      answer,
      provider: rest.provider,
      reservedNanoUsd: rest.held.hold.amounts.nanoUsd,
      ...(lead === null ? {} : { until: lead.until }),
      settle: (result) => {
        attached?.[Symbol.dispose]();
        lead?.settled(result);
        return settleCall(this.#books, this.#parts.clock, {
          call,
          held: rest.held,
          result: lead?.booked(result) ?? result,
          handedShare: handedShare(answer.log, result.cause),
        });
      },
    });
    const abort = (cause: Code): void => run.abort(cause);
    if (lead === null) response.cancelledBy(abort);
    else lead.board({ call, response }, abort);
    if (lead?.response !== response) once?.record(response);
    // Others may wait for the same answer.
    if (rest.isGone && once === null) response.cancel("client_closed");
    if (lead?.isWanted ?? !response.isOver) run.start();
    else run.abort("client_closed");
    return { call, response };
  }

  /** For an answer that may be continued twice as much, where there is so much. Throws Failure. */
  #reserve(planned: PlannedCall): Held {
    const dearest = dearestOf(planned.plan.attempts);
    if (!planned.call.continues) return this.#books.reserve(planned, dearest);
    try {
      return this.#books.reserve(planned, twice(dearest), false);
    } catch {
      return this.#books.reserve(planned, dearest);
    }
  }
}

/** One that has read with others has its name already. */
const besidesOf = ({ besides }: Once, lead: Lead | null): Besides =>
  (lead?.response ?? null) === null ? besides : { ...besides, writes: [] };
