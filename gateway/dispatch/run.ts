import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Answer, Served } from "../answer.ts";
import type { AttemptFailure, AttemptOutcome, AttemptRecord, CallResult } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Health } from "../health.ts";
import { shownModel } from "../model-name.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { AttemptSink, Provider, RunningAttempt } from "../provider.ts";
import { nextStep } from "./next-step.ts";

export interface DispatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly health: Health;
  /** Reports an error that nobody foresaw; the call goes on without the attempt. */
  defect(error: unknown): void;
}

export interface RunInput {
  readonly call: Call;
  readonly plan: Plan;
  readonly answer: Answer;
  /** The provider of that name, as configured when the call was planned. Throws Failure. */
  provider(name: string): Provider;
  /** Called once, before the client learns of the end: books the call, says what it cost. */
  settle(result: CallResult): number | null;
}

/** A target that rests no longer than this is waited for: a refusal would cost the client more. */
const shortRestMs = 250;

/** Runs a plan: one attempt after the other until one is committed or none is left (RTE-6). */
export class Run implements AttemptSink {
  readonly #ports: DispatchPorts;
  readonly #input: RunInput;
  readonly #records: AttemptRecord[] = [];
  #index = -1;
  #state: "between" | "attempting" | "over" = "between";
  #running: RunningAttempt | null = null;
  #pause: Timer | null = null;
  #dropped: readonly string[] = [];
  #startedMs = 0;
  #firstTokenMs: number | null = null;

  constructor(ports: DispatchPorts, input: RunInput) {
    this.#ports = ports;
    this.#input = input;
  }

  start(): void {
    this.#attemptFrom(0);
  }

  /** Ends the call at once: closes the upstream call, makes no other. */
  abort(cause: Code): void {
    if (this.#state === "over") return;
    if (this.#state === "attempting") return this.#running?.abort(cause);
    this.#pause?.cancel();
    this.#giveUp(new Failure<Code>(cause, "The call was ended before it was answered"));
  }

  committed(): void {
    this.#firstTokenMs = this.#ports.clock.monotonicMs();
    this.#input.call.request.forget();
    this.#input.answer.commit(this.#served());
  }

  over(outcome: AttemptOutcome): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const record: AttemptRecord = {
      target: this.#planned.target,
      outcome,
      startedMs: this.#startedMs,
      endedMs: nowMs,
      firstTokenMs: this.#firstTokenMs,
    };
    this.#records.push(record);
    this.#running = null;
    this.#state = "between";
    this.#judge(record, nowMs);
    if (outcome.kind === "complete") return this.#complete(record, outcome);
    if (outcome.kind === "aborted") {
      return this.#giveUp(new Failure<Code>(outcome.cause, abortMessage(outcome.cause)));
    }
    const { failure } = outcome;
    if (this.#firstTokenMs !== null) return this.#giveUp(toFailure(failure));
    this.#retry(failure, nowMs);
  }

  get #planned(): PlannedAttempt {
    const planned = this.#input.plan.attempts[this.#index];
    if (planned === undefined) throw new RangeError(`No attempt ${this.#index} in the plan`);
    return planned;
  }

  #served(): Served {
    return {
      target: this.#planned.target,
      attempts: this.#records.length + (this.#state === "attempting" ? 1 : 0),
      dropped: this.#dropped,
    };
  }

  /** Sends the first attempt from `index` on whose circuit lets it through. */
  #attemptFrom(index: number): void {
    const { plan } = this.#input;
    const { clock, health } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#input.call.deadlineMs) return this.#giveUp(deadlineFailure());
    for (let next = index; next < plan.attempts.length; next += 1) {
      const planned = plan.attempts[next];
      if (planned === undefined || !health.admit(planned.target, nowMs)) continue;
      this.#index = next;
      return this.#attempt(planned, nowMs);
    }
    const rest = plan.attempts.slice(index);
    const restMs = Math.min(...rest.map(({ target }) => health.restsForMs(target, nowMs)));
    if (restMs > 0 && restMs <= shortRestMs && nowMs + restMs < this.#input.call.deadlineMs) {
      return this.#attemptAfter(index, restMs);
    }
    const last = this.#records.at(-1)?.outcome;
    this.#giveUp(
      last?.kind === "failed" ? toFailure(last.failure) : restingFailure(plan, health, nowMs),
    );
  }

  #attempt(planned: PlannedAttempt, nowMs: number): void {
    this.#state = "attempting";
    this.#startedMs = nowMs;
    this.#firstTokenMs = null;
    this.#dropped = [];
    const { call, plan, answer } = this.#input;
    try {
      this.#running = this.#input
        .provider(planned.target.provider)
        .start({ call, planned, timeouts: plan.timeouts, log: answer.log }, this);
      this.#dropped = this.#running.dropped;
      answer.attempted(this.#dropped);
    } catch (error) {
      if (!(error instanceof Failure)) this.#ports.defect(error);
      this.over({ kind: "failed", failure: notSentFailure(error), measured: notSent });
    }
  }

  #retry(failure: AttemptFailure, nowMs: number): void {
    const { plan, call } = this.#input;
    const step = nextStep(
      {
        plan,
        failure,
        made: this.#records.length,
        index: this.#index,
        remainingMs: call.deadlineMs - nowMs,
      },
      this.#ports.random,
    );
    if (step.kind === "giveUp") return this.#giveUp(toFailure(failure));
    if (step.afterMs === 0) return this.#attemptFrom(step.index);
    this.#attemptAfter(step.index, step.afterMs);
  }

  #attemptAfter(index: number, delayMs: number): void {
    this.#pause = this.#ports.clock.after(delayMs, () => {
      this.#pause = null;
      this.#attemptFrom(index);
    });
  }

  #judge(record: AttemptRecord, nowMs: number): void {
    const { health } = this.#ports;
    const { target, outcome } = record;
    if (outcome.kind === "complete") return health.success(target, nowMs);
    if (outcome.kind === "aborted") return health.abandon(target, nowMs);
    const { failure } = outcome;
    if (failure.retryAfterMs !== null) health.cool(target, nowMs + failure.retryAfterMs, nowMs);
    if (isInnocent(failure)) health.abandon(target, nowMs);
    else health.failure(target, nowMs);
  }

  #complete(record: AttemptRecord, outcome: Extract<AttemptOutcome, { kind: "complete" }>): void {
    this.#state = "over";
    const costNanoUsd = this.#input.settle({
      attempts: this.#records,
      counts: record,
      cause: null,
    });
    const { arrivedMs } = this.#input.call;
    const { endedMs, firstTokenMs } = record;
    this.#input.answer.complete({
      served: this.#served(),
      costNanoUsd,
      usage: outcome.measured.usage,
      timing: {
        firstTokenMs: Math.round((firstTokenMs ?? endedMs) - arrivedMs),
        latencyMs: Math.round(endedMs - arrivedMs),
      },
      headers: outcome.headers ?? [],
    });
  }

  #giveUp(failure: Failure<Code>): void {
    this.#state = "over";
    const counts = this.#records.at(-1) ?? null;
    this.#input.settle({ attempts: this.#records, counts, cause: failure.code });
    this.#input.answer.fail(failure, counts === null ? null : this.#served());
  }
}

/** Throttling and the client's own mistakes say nothing against the target (RTE-13). */
const isInnocent = ({ verdict, status, code }: AttemptFailure): boolean =>
  verdict === "final" || status === 429 || code === "unsupported_by_target" || code === "internal";

const notSent = { usage: noUsage, source: "none" } as const;

/** A target to which nothing could be sent is no worse for it: another may do. */
const notSentFailure = (error: unknown): AttemptFailure => ({
  // Providers throw failures of the table's codes only.
  code: error instanceof Failure ? (error.code as Code) : "internal",
  message: error instanceof Failure ? error.message : codes.internal.meaning,
  param: error instanceof Failure ? (error.details.param ?? null) : null,
  status: null,
  retryAfterMs: null,
  verdict: "failover",
  credentialFault: false,
});

function toFailure(failure: AttemptFailure): Failure<Code> {
  const { code, message, param, retryAfterMs } = failure;
  return new Failure<Code>(code, message, {
    ...(param === null ? {} : { param }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

const deadlineFailure = (): Failure<Code> =>
  new Failure<Code>("deadline_exceeded", "Cannot go on with the request: its deadline has passed");

const abortMessage = (cause: Code): string =>
  cause === "deadline_exceeded"
    ? "The answer was cut: the request's deadline has passed"
    : "The call was ended before it was answered whole";

function restingFailure(plan: Plan, health: Health, nowMs: number): Failure<Code> {
  const rests = plan.attempts.map((each) => health.restsForMs(each.target, nowMs));
  const retryAfterMs = Math.max(1_000, Math.ceil(Math.min(...rests)));
  return new Failure<Code>(
    "circuit_open",
    `Cannot call model "${shownModel(plan.model)}": all ${plan.attempts.length} targets ` +
      `rest after failures, the next one for ${retryAfterMs} ms`,
    { retryAfterMs },
  );
}
