import type { Arrival } from "@sekisho/gateway/arrival.ts";
import { isHeld } from "@sekisho/gateway/dispatch/resting.ts";
import type { OnceAsked, OnceCall, OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Pipeline } from "@sekisho/gateway/pipeline.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { endOf } from "@sekisho/gateway/responses/streams.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Breaker, BreakerStatus, Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";

export interface ServiceCircuitParts {
  readonly pipeline: Pick<Pipeline, "run">;
  readonly breaker: Breaker;
  readonly clock: Clock;
  /** Told of every change of state, when it is noticed: time alone half-opens a circuit. */
  readonly changed: (to: BreakerStatus["kind"]) => void;
}

/** What a service's circuit shows of itself. */
export interface ServiceCircuitStatus {
  readonly state: BreakerStatus["kind"];
  /** Calls that failed one after the other, up to now. */
  readonly failuresInARow: number;
  /** Failures within the window that the circuit looks at. */
  readonly recentFailures: number;
}

/** While somebody else's call probes, the rest are asked to come back after this time. */
const probingRestMs = 1_000;

/** Refusals at limits of our own: they say nothing of whether the service works. */
const ofOurOwn: ReadonlySet<Code> = new Set<Code>(["draining", "overloaded"]);

/**
 * One circuit around all calls of a service, beside those of the targets (REF-9). While it is open
 * a call ends when its sender is known: its body is not read, and no rate or budget notices it.
 */
export class ServiceCircuit implements Pick<Pipeline, "run"> {
  readonly #parts: ServiceCircuitParts;
  #failuresInARow = 0;
  #state: BreakerStatus["kind"] = "closed";

  constructor(parts: ServiceCircuitParts) {
    this.#parts = parts;
  }

  run(arrival: Arrival): Promise<RunningCall> {
    return this.#guard(arrival, async (guarded, end) => {
      const running = await this.#parts.pipeline.run(guarded);
      const { response } = running;
      const look = (): void => {
        const { state } = response;
        if (state.kind === "complete") end(null);
        else if (state.kind === "failed") end(state.failure);
      };
      response.watch({ stateChanged: look });
      // It may be over already, when nobody was told.
      look();
      return running;
    });
  }

  /** The same around calls of which there is one for each name: it hears of each call once. */
  once(calls: Pick<OnceCalls, "run" | "joins">): Pick<OnceCalls, "run" | "joins"> {
    return {
      get joins() {
        return calls.joins;
      },
      run: (arrival: Arrival, asked: OnceAsked): Promise<OnceCall> =>
        this.#guard(arrival, async (guarded, end) => {
          const begun = await calls.run(guarded, asked);
          if (begun.isRepeated) end("not asked");
          else void endOf(begun.answer.log).then(() => end(failureIn(begun.answer)));
          return begun;
        }),
    };
  }

  /** `end` is heard once. */
  async #guard<T>(
    arrival: Arrival,
    run: (guarded: Arrival, end: (end: CallEnd) => void) => Promise<T>,
  ): Promise<T> {
    let pass: Pass | null = null;
    const guarded: Arrival = {
      ...arrival,
      body: async () => {
        this.#checkOpen();
        const body = await arrival.body();
        // Not before: a client that sends slowly would hold the only probe.
        pass = this.#admit();
        return body;
      },
    };
    const end = (how: CallEnd): void => {
      if (pass !== null) this.#end(pass, how, arrival);
      pass = null;
    };
    try {
      return await run(guarded, end);
    } catch (error) {
      // The pipeline's failures have codes of the table; anything else is a defect.
      end(error instanceof Failure ? (error as Failure<Code>) : defect(error));
      throw error;
    }
  }

  status(): ServiceCircuitStatus {
    const { breaker, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    return {
      state: breaker.status(nowMs).kind,
      failuresInARow: this.#failuresInARow,
      recentFailures: breaker.recentFailures(nowMs),
    };
  }

  /** Closed, and nothing remembered. */
  reset(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    this.#parts.breaker.reset(nowMs);
    this.#failuresInARow = 0;
    this.#note(nowMs);
  }

  #note(nowMs: number): void {
    const { kind } = this.#parts.breaker.status(nowMs);
    if (kind === this.#state) return;
    this.#state = kind;
    this.#parts.changed(kind);
  }

  #checkOpen(): void {
    const { breaker, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    const status = breaker.status(nowMs);
    const isShut = status.kind === "open" || (status.kind === "half_open" && status.isProbing);
    if (isShut) throw openFailure(status, nowMs);
  }

  #admit(): Pass {
    const { breaker, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    const pass = breaker.admit(nowMs);
    if (pass === null) throw openFailure(breaker.status(nowMs), nowMs);
    this.#note(nowMs);
    return pass;
  }

  #end(pass: Pass, how: CallEnd, arrival: Pick<Arrival, "timeoutMs">): void {
    const { breaker, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (how === null) {
      breaker.success(pass, nowMs);
      if (breaker.status(nowMs).kind === "closed") this.#failuresInARow = 0;
    } else if (how !== "not asked" && isFailure(how, arrival)) {
      // The breaker hears no call from before its last change of state.
      const before = breaker.recentFailures(nowMs);
      breaker.failure(pass, nowMs);
      if (breaker.recentFailures(nowMs) > before) this.#failuresInARow += 1;
    } else {
      breaker.abandon(pass, nowMs);
    }
    this.#note(nowMs);
  }
}

/** Null: as a whole answer; `not asked`: nothing is known of the service by it. */
type CallEnd = Failure<Code> | "not asked" | null;

/** What a recorded answer ended with. */
function failureIn({ end }: FoundStream): Failure<Code> | null {
  const code = end?.code ?? null;
  if (code === null) return null;
  // As this process has written it.
  return new Failure<Code>(code as Code, codes[code as Code].meaning, end?.head?.details ?? {});
}

const defect = (error: unknown): Failure<Code> =>
  new Failure<Code>("internal", codes.internal.meaning, {}, error);

/**
 * What a 5xx says against the service; a deadline that the client set itself does not, nor what
 * administrators keep from use.
 */
const isFailure = (failure: Failure<Code>, arrival: Pick<Arrival, "timeoutMs">): boolean =>
  codes[failure.code].status >= 500 &&
  !ofOurOwn.has(failure.code) &&
  !isHeld(failure) &&
  (failure.code !== "deadline_exceeded" || arrival.timeoutMs() === null);

function openFailure(status: BreakerStatus, nowMs: number): Failure<Code> {
  const retryAfterMs = status.kind === "open" ? Math.ceil(status.untilMs - nowMs) : probingRestMs;
  const message = `Cannot serve the call: the service's circuit rests for ${retryAfterMs} ms`;
  return new Failure<Code>("circuit_open", message, { retryAfterMs });
}
