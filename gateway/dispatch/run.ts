import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Answer, Served } from "../answer.ts";
import type { AttemptFailure, AttemptOutcome, AttemptRecord, CallResult } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Health, Passage } from "../health.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { QuotaHold, Quotas } from "../quota.ts";
import type { AttemptSink, Provider, ProviderPlace, RunningAttempt } from "../provider.ts";
import type { Target } from "../target.ts";
import { verdictOf, wastedNanoUsd } from "./judgement.ts";
import { nextStep } from "./next-step.ts";
import { restingFailure, shortestPauseMs, shortPauseMs } from "./resting.ts";
import type { Exhausted, RetryBudgets } from "./retry-budgets.ts";

export interface DispatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly health: Health;
  readonly quotas: Quotas;
  readonly retries: Pick<RetryBudgets, "first" | "take">;
  /** A retry was not made because its budget was empty (RTE-9). */
  refusedRetry(target: Target, exhausted: Exhausted): void;
  /** Reports an error that nobody foresaw; the call goes on without the attempt. */
  defect(error: unknown): void;
}

export interface RunInput {
  readonly call: Call;
  readonly plan: Plan;
  readonly answer: Answer;
  /** The provider there, as configured when the call was planned. Throws Failure. */
  provider(place: ProviderPlace): Provider;
  /** Called once, before the client learns of the end: books the call, says what it cost. */
  settle(result: CallResult): number | null;
}

/** Runs a plan: one attempt after the other until one is committed or none is left (RTE-6). */
export class Run implements AttemptSink {
  readonly #ports: DispatchPorts;
  readonly #input: RunInput;
  readonly #records: AttemptRecord[] = [];
  #index = -1;
  #state: "between" | "attempting" | "over" = "between";
  #running: RunningAttempt | null = null;
  #passage: Passage | null = null;
  #quota: QuotaHold | null = null;
  /** What the last attempt may have cost for nothing. */
  #wastedNanoUsd = 0;
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
    // Some providers learn what they leave out no sooner than with the answer.
    this.#dropped = this.#running?.dropped ?? this.#dropped;
    const { request } = this.#input.call;
    this.#passage?.firstToken(this.#firstTokenMs, request.read.facts.stream);
    request.forget();
    this.#input.answer.commit(this.#served());
  }

  over(outcome: AttemptOutcome): void {
    const nowMs = this.#ports.clock.monotonicMs();
    const { target, price } = this.#planned;
    const record: AttemptRecord = {
      target,
      price,
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

  /** Sends the first attempt from `index` on whose circuit and retry budget let it through. */
  #attemptFrom(index: number): void {
    const { plan } = this.#input;
    const { clock, health } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#input.call.deadlineMs) return this.#giveUp(deadlineFailure());
    let full: number | null = null;
    for (let next = index; next < plan.attempts.length; next += 1) {
      // Others have taken the room since it was planned: one behind it may have some (RTE-16).
      if (!this.#hasRoom(plan.attempts[next], nowMs)) full ??= next;
      else if (this.#attemptAt(next, nowMs)) return;
    }
    if (full !== null && this.#attemptAt(full, nowMs)) return;
    const rest = plan.attempts.slice(index);
    const pauseMs = shortestPauseMs(rest, health, nowMs);
    if (pauseMs > 0 && pauseMs <= shortPauseMs && nowMs + pauseMs < this.#input.call.deadlineMs) {
      return this.#attemptAfter(index, pauseMs);
    }
    const last = this.#records.at(-1)?.outcome;
    this.#giveUp(
      last?.kind === "failed" ? toFailure(last.failure) : restingFailure(plan, health, nowMs),
    );
  }

  #hasRoom(planned: PlannedAttempt | undefined, nowMs: number): boolean {
    if (planned === undefined || (planned.target.quota ?? null) === null) return true;
    return this.#ports.quotas.hasRoom(planned.target, planned.quotaTokens, nowMs);
  }

  /** False when it may not go there. */
  #attemptAt(index: number, nowMs: number): boolean {
    const planned = this.#input.plan.attempts[index];
    const passage = planned === undefined ? null : this.#admit(planned, nowMs);
    if (planned === undefined || passage === null) return false;
    this.#index = index;
    this.#passage = passage;
    this.#quota = this.#ports.quotas.take(planned.target, planned.quotaTokens, nowMs);
    this.#attempt(planned, nowMs);
    return true;
  }

  /** A first attempt needs a healthy target, a retry also a budget to pay it from. */
  #admit(planned: PlannedAttempt, nowMs: number): Passage | null {
    const { health, retries } = this.#ports;
    const { target, boundInputTokens, boundOutputTokens } = planned;
    const tokens = boundInputTokens + boundOutputTokens;
    const passage = planned.inPanic
      ? health.admitInPanic(target, tokens, nowMs)
      : health.admit(target, tokens, nowMs);
    if (passage === null) return null;
    if (this.#records.length === 0) {
      retries.first(target);
      return passage;
    }
    const exhausted = retries.take(target, this.#wastedNanoUsd, nowMs);
    if (exhausted === null) return passage;
    passage.end("none", nowMs);
    this.#ports.refusedRetry(target, exhausted);
    return null;
  }

  #attempt(planned: PlannedAttempt, nowMs: number): void {
    this.#state = "attempting";
    this.#startedMs = nowMs;
    this.#firstTokenMs = null;
    this.#dropped = [];
    const { call, answer } = this.#input;
    const { log } = answer;
    try {
      const provider = this.#input.provider(planned.target);
      this.#running = provider.start({ call, planned: this.#timed(planned), log }, this);
      this.#dropped = this.#running.dropped;
      answer.attempted(this.#dropped);
    } catch (error) {
      if (!(error instanceof Failure)) this.#ports.defect(error);
      this.over({ kind: "failed", failure: notSentFailure(error), measured: notSent });
    }
  }

  /** A target that is usually slow has more time for its first token (RTE-10). */
  #timed(planned: PlannedAttempt): PlannedAttempt {
    const { target, timeouts } = planned;
    const firstTokenMs = this.#ports.health.firstTokenLimitMs(target, timeouts.firstTokenMs);
    if (firstTokenMs === timeouts.firstTokenMs) return planned;
    return { ...planned, timeouts: { ...timeouts, firstTokenMs } };
  }

  #retry(failure: AttemptFailure, nowMs: number): void {
    const { plan, call } = this.#input;
    const { health, random } = this.#ports;
    const step = nextStep(
      {
        plan,
        failure,
        made: this.#records.length,
        index: this.#index,
        remainingMs: call.deadlineMs - nowMs,
        restMs: health.restOf(this.#planned.target, nowMs)?.forMs ?? 0,
      },
      random,
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

  #judge({ target, outcome }: AttemptRecord, nowMs: number): void {
    const cause = outcome.kind === "failed" ? outcome.failure.code : undefined;
    const verdict = verdictOf(outcome);
    this.#passage?.end(verdict, nowMs, cause);
    this.#passage = null;
    this.#quota?.end(outcome.measured, verdict === "throttled", nowMs);
    this.#quota = null;
    if (outcome.kind !== "failed") return;
    const { retryAfterMs } = outcome.failure;
    if (retryAfterMs !== null) this.#ports.health.cool(target, nowMs + retryAfterMs, nowMs);
    this.#wastedNanoUsd = wastedNanoUsd(this.#planned, outcome);
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

const notSent = { usage: noUsage, source: "none" } as const;

/** A target to which nothing could be sent is no worse for it: another may do. */
const notSentFailure = (error: unknown): AttemptFailure => ({
  // Providers throw failures of the table's codes only.
  code: error instanceof Failure ? (error.code as Code) : "internal",
  message: error instanceof Failure ? error.message : codes.internal.meaning,
  param: error instanceof Failure ? (error.details.param ?? null) : null,
  reach: "unsent",
  status: null,
  retryAfterMs: null,
  verdict: "failover",
  credentialFault: false,
  thrown: error instanceof Failure ? error.cause : error,
});

function toFailure(failure: AttemptFailure): Failure<Code> {
  const { code, message, param, retryAfterMs, thrown } = failure;
  const details = {
    ...(param === null ? {} : { param }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
  return new Failure<Code>(code, message, details, thrown);
}

const deadlineFailure = (): Failure<Code> =>
  new Failure<Code>("deadline_exceeded", "Cannot go on with the request: its deadline has passed");

const abortMessage = (cause: Code): string =>
  cause === "deadline_exceeded"
    ? "The answer was cut: the request's deadline has passed"
    : "The call was ended before it was answered whole";
