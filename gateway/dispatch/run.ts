import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Answer, Served } from "../answer.ts";
import type { AttemptFailure, AttemptOutcome, AttemptRecord, CallResult } from "../attempt.ts";
import { toldHistory, type Call, type Until } from "../call.ts";
import type { Health, Passage } from "../health.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { Quotas } from "../quota.ts";
import type { Provider, ProviderPlace } from "../provider.ts";
import type { Target } from "../target.ts";
import { hedgeOf, type Hedge, type HedgeHost } from "./hedge.ts";
import type { HedgeEnd, Hedging } from "./hedging.ts";
import { wastedNanoUsd } from "./judgement.ts";
import { Lane, type LaneOwner, type LanePlace } from "./lane.ts";
import { nextStep } from "./next-step.ts";
import { restingFailure, shortestPauseMs, shortPauseMs } from "./resting.ts";
import type { Exhausted, RetryBudgets } from "./retry-budgets.ts";
import { storyOf, type Story } from "./story.ts";
import { deadlineFailure, endedFailure, notSent, toFailure } from "./run-failures.ts";

export interface DispatchPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly health: Health;
  readonly quotas: Quotas;
  readonly retries: Pick<RetryBudgets, "first" | "take">;
  readonly hedging: Hedging;
  /** A retry was not made because its budget was empty (RTE-9). */
  refusedRetry(target: Target, exhausted: Exhausted): void;
  /** A call whose alias is hedged had waited long enough, and this became of it (RTE-11). */
  hedged(alias: string, end: HedgeEnd): void;
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
  /** Whose deadline holds, where it is not that of `call`. */
  readonly until?: Until;
  /** What is set aside for the call, where its answer may be continued. */
  readonly reservedNanoUsd?: number;
}

/**
 * Runs a plan: one attempt after the other until one is committed or none is left (RTE-6), and a
 * second one beside the first where that is declared (RTE-11).
 */
export class Run implements LaneOwner, HedgeHost {
  readonly #ports: DispatchPorts;
  readonly #input: RunInput;
  readonly #until: Until;
  readonly #records: AttemptRecord[] = [];
  /** The attempt that the call waits for; the last one when none is under way. */
  #lane: Lane | null = null;
  /** What became of it. */
  #last: AttemptRecord | null = null;
  #state: "between" | "attempting" | "over" = "between";
  /** Null for nearly all calls. */
  #hedge: Hedge | null = null;
  #story: Story | null = null;
  /** What the last attempt may have cost for nothing. */
  #wastedNanoUsd = 0;
  #pause: Timer | null = null;

  constructor(ports: DispatchPorts, input: RunInput) {
    this.#ports = ports;
    this.#input = input;
    this.#until = input.until ?? input.call;
  }

  start(): void {
    this.#hedge = hedgeOf(this.#input, this.#ports, this);
    if (this.#input.call.continues) this.#story = this.#newStory();
    this.#attemptFrom(0);
    if (this.#lane !== null && this.#state === "attempting") this.#hedge?.await(this.#lane);
  }

  /** Ends the call at once: closes the upstream calls, makes no other. */
  abort(cause: Code): void {
    if (this.#state === "over") return;
    this.#hedge?.end(cause);
    if (this.#state === "attempting") return this.#lane?.abort(cause);
    this.#pause?.cancel();
    this.#giveUp(new Failure<Code>(cause, "The call was ended before it was answered"));
  }

  laneCommitted(lane: Lane): void {
    const { request } = this.#input.call;
    lane.begin(this.#ports.clock.monotonicMs(), request.read.facts.stream);
    if (this.#story?.hasBegun === true) return;
    this.#story?.begun();
    if (this.#hedge !== null) this.#decide(this.#hedge, lane);
    request.forget();
    this.#input.answer.commit(this.#served(lane));
  }

  laneOver(lane: Lane, outcome: AttemptOutcome): void {
    const { clock, health } = this.#ports;
    const nowMs = clock.monotonicMs();
    const told = this.#hedge?.billed(lane, outcome) ?? outcome;
    const record = lane.end(told, health, nowMs);
    this.#records.push(record);
    // The other attempt goes on, or has had content.
    if (lane !== this.#lane) return this.#hedge?.over(lane, record);
    this.#state = "between";
    this.#last = record;
    if (lane.firstTokenMs !== null) this.#story?.told(record);
    const misfit = this.#story?.misfit ?? null;
    if (misfit !== null) return this.#giveUp(toFailure(misfit));
    if (told.kind === "complete") return this.#complete(lane, record, told);
    if (told.kind === "aborted") return this.#giveUp(endedFailure(told.cause));
    this.#wastedNanoUsd = wastedNanoUsd(lane.planned, told);
    this.#failed(lane, told.failure, nowMs);
  }

  /** For a second attempt beside that of the call: sends it, or returns null. */
  openBeside(index: number): Lane | null {
    const planned = this.#input.plan.attempts[index];
    const { clock, health, retries, quotas } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (planned === undefined || planned.inPanic || !this.#hasRoom(planned, nowMs)) return null;
    const { target, boundInputTokens, boundOutputTokens, quotaTokens } = planned;
    const passage = health.admit(target, boundInputTokens + boundOutputTokens, nowMs);
    if (passage === null) return null;
    if (retries.take(target, 0, nowMs) !== null) {
      passage.end("none", nowMs);
      return null;
    }
    const holds = { passage, quota: quotas.take(target, quotaTokens, nowMs) };
    return new Lane(this, { index, planned }, holds, nowMs);
  }

  /** Starts what `openBeside` returned. */
  startBeside(lane: Lane): void {
    this.#start(lane);
  }

  #decide(hedge: Hedge, winner: Lane): void {
    const isTurned = winner !== this.#lane;
    const loser = isTurned ? this.#lane : hedge.lane;
    this.#lane = winner;
    hedge.decided(winner, loser);
  }

  #failed(lane: Lane, failure: AttemptFailure, nowMs: number): void {
    if (lane.firstTokenMs !== null || this.#story?.hasBegun === true) {
      if (!this.#goOn(lane, failure, nowMs)) this.#giveUp(toFailure(failure));
      return;
    }
    const beside = this.#hedge?.lane ?? null;
    if (beside !== null && failure.verdict !== "final") {
      // It is the call's only attempt from here on.
      this.#lane = beside;
      this.#state = "attempting";
      return this.#hedge?.adopted();
    }
    this.#hedge?.end("hedge_lost");
    this.#retry(lane, failure, nowMs);
  }

  #newStory(): Story | null {
    const { call, answer, reservedNanoUsd = 0 } = this.#input;
    // Its attempt is in the midst of reading what does not fit.
    const misfits = (): void => queueMicrotask(() => this.#lane?.abort("upstream_malformed"));
    return storyOf({ call, log: answer.log, reservedNanoUsd, misfits });
  }

  /** After content: sends what continues the answer; false where nothing does (RTE-12). */
  #goOn(lane: Lane, failure: AttemptFailure, nowMs: number): boolean {
    const { plan } = this.#input;
    const { attempts, policy } = plan;
    const isSpent = this.#records.length >= policy.max || nowMs >= this.#until.deadlineMs;
    if (this.#story === null || failure.verdict === "final" || isSpent) return false;
    this.#wastedNanoUsd = 0;
    // Whoever is the only one is asked again: it was well enough to begin.
    const first = attempts.length === 1 ? 0 : lane.index + 1;
    for (let index = first; index < attempts.length; index += 1) {
      const own = attempts[index];
      const planned = own === undefined ? null : this.#story.next(own, failure);
      if (planned !== null && this.#sendTo({ index, planned }, nowMs)) return true;
    }
    return false;
  }

  #served(lane: Lane): Served {
    const { shortened, choice, cache } = this.#input.call;
    return {
      ...(cache === undefined ? {} : { cache }),
      ...(shortened === undefined ? {} : toldHistory(shortened)),
      ...(choice?.kind === "split" ? { arm: choice.alias } : {}),
      target: lane.planned.target,
      attempts: this.#records.length + (this.#state === "attempting" ? 1 : 0),
      dropped: lane.dropped,
    };
  }

  /** Sends the first attempt from `index` on whose circuit and retry budget let it through. */
  #attemptFrom(index: number): void {
    const { plan } = this.#input;
    const { clock, health } = this.#ports;
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#until.deadlineMs) return this.#giveUp(deadlineFailure());
    let full: number | null = null;
    for (let next = index; next < plan.attempts.length; next += 1) {
      // Others have taken the room since it was planned: one behind it may have some (RTE-16).
      if (!this.#hasRoom(plan.attempts[next], nowMs)) full ??= next;
      else if (this.#attemptAt(next, nowMs)) return;
    }
    if (full !== null && this.#attemptAt(full, nowMs)) return;
    const rest = plan.attempts.slice(index);
    const pauseMs = shortestPauseMs(rest, health, nowMs);
    if (pauseMs > 0 && pauseMs <= shortPauseMs && nowMs + pauseMs < this.#until.deadlineMs) {
      return this.#attemptAfter(index, pauseMs);
    }
    const last = this.#last?.outcome;
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
    return planned !== undefined && this.#sendTo({ index, planned }, nowMs);
  }

  #sendTo(place: LanePlace, nowMs: number): boolean {
    const { planned } = place;
    const passage = this.#admit(planned, nowMs);
    if (passage === null) return false;
    const quota = this.#ports.quotas.take(planned.target, planned.quotaTokens, nowMs);
    const lane = new Lane(this, place, { passage, quota }, nowMs);
    this.#lane = lane;
    this.#state = "attempting";
    this.#start(lane);
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

  #start(lane: Lane): void {
    const { call, answer, until } = this.#input;
    const { log } = answer;
    const planned = this.#timed(lane.planned);
    try {
      const input = this.#story?.inputOf(call, planned) ?? { call, planned, log };
      const provider = this.#input.provider(planned.target);
      lane.start(provider, until === undefined ? input : { ...input, until });
      answer.attempted(lane.dropped);
    } catch (error) {
      if (!(error instanceof Failure)) this.#ports.defect(error);
      lane.over(notSent(error));
    }
  }

  /** A target that is usually slow has more time for its first token (RTE-10). */
  #timed(planned: PlannedAttempt): PlannedAttempt {
    const { target, timeouts } = planned;
    const firstTokenMs = this.#ports.health.firstTokenLimitMs(target, timeouts.firstTokenMs);
    if (firstTokenMs === timeouts.firstTokenMs) return planned;
    return { ...planned, timeouts: { ...timeouts, firstTokenMs } };
  }

  #retry(lane: Lane, failure: AttemptFailure, nowMs: number): void {
    const { plan } = this.#input;
    const { health, random } = this.#ports;
    const step = nextStep(
      {
        plan,
        failure,
        made: this.#records.length,
        index: Math.max(lane.index, this.#hedge?.lastIndex ?? 0),
        remainingMs: this.#until.deadlineMs - nowMs,
        restMs: health.restOf(lane.planned.target, nowMs)?.forMs ?? 0,
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

  #complete(
    lane: Lane,
    last: AttemptRecord,
    { headers = [] }: Extract<AttemptOutcome, { kind: "complete" }>,
  ): void {
    this.#state = "over";
    const own = this.#story?.sum(last) ?? { counts: last };
    const { counts } = own;
    const costNanoUsd = this.#input.settle({ attempts: this.#records, ...own, cause: null });
    this.#hedge?.settled(costNanoUsd);
    const { arrivedMs } = this.#input.call;
    const { endedMs, firstTokenMs } = counts;
    this.#input.answer.complete({
      served: this.#served(lane),
      costNanoUsd,
      usage: counts.outcome.measured.usage,
      timing: {
        firstTokenMs: Math.round((firstTokenMs ?? endedMs) - arrivedMs),
        latencyMs: Math.round(endedMs - arrivedMs),
      },
      headers,
    });
  }

  #giveUp(failure: Failure<Code>): void {
    this.#state = "over";
    const own = this.#last === null ? null : (this.#story?.sum(this.#last) ?? null);
    const counts = own?.counts ?? this.#last;
    const result = { attempts: this.#records, counts, ...own, cause: failure.code };
    const costNanoUsd = this.#input.settle(result);
    this.#hedge?.settled(costNanoUsd);
    const lane = this.#lane;
    this.#input.answer.fail(failure, counts === null || lane === null ? null : this.#served(lane));
  }
}
