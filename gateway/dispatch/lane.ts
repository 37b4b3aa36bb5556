import type { AttemptOutcome, AttemptRecord } from "../attempt.ts";
import type { Health, Passage } from "../health.ts";
import type { PlannedAttempt } from "../plan.ts";
import type { AttemptInput, AttemptSink, Provider, RunningAttempt } from "../provider.ts";
import type { QuotaHold } from "../quota.ts";
import { verdictOf } from "./judgement.ts";

/** Told what becomes of an attempt, and of which. */
export interface LaneOwner {
  laneCommitted(lane: Lane): void;
  laneOver(lane: Lane, outcome: AttemptOutcome): void;
}

/** Which attempt of the plan it is, and what it is told. */
export interface LanePlace {
  readonly index: number;
  readonly planned: PlannedAttempt;
}

/** What an attempt holds from its start to its end. */
export interface LaneHolds {
  readonly passage: Passage;
  readonly quota: QuotaHold | null;
}

/** One attempt of a run: where it is, what it holds, and how far it has come. */
export class Lane implements AttemptSink {
  /** In the plan. */
  readonly index: number;
  readonly planned: PlannedAttempt;
  readonly startedMs: number;
  readonly #owner: LaneOwner;
  readonly #passage: Passage;
  readonly #quota: QuotaHold | null;
  #running: RunningAttempt | null = null;
  firstTokenMs: number | null = null;
  dropped: readonly string[] = [];

  // oxlint-disable-next-line max-params -- one for every attempt: no object for its parts
  constructor(owner: LaneOwner, place: LanePlace, holds: LaneHolds, startedMs: number) {
    this.#owner = owner;
    this.index = place.index;
    this.planned = place.planned;
    this.#passage = holds.passage;
    this.#quota = holds.quota;
    this.startedMs = startedMs;
  }

  /** Throws what the provider throws; nothing was sent then. */
  start(provider: Provider, input: AttemptInput): void {
    this.#running = provider.start(input, this);
    this.dropped = this.#running.dropped;
  }

  abort(cause: Parameters<RunningAttempt["abort"]>[0]): void {
    this.#running?.abort(cause);
  }

  committed(): void {
    this.#owner.laneCommitted(this);
  }

  over(outcome: AttemptOutcome): void {
    this.#owner.laneOver(this, outcome);
  }

  /** Its first content is here. */
  begin(nowMs: number, isStream: boolean): void {
    this.firstTokenMs = nowMs;
    // Some providers learn what they leave out no sooner than with the answer.
    this.dropped = this.#running?.dropped ?? this.dropped;
    this.#passage.firstToken(nowMs, isStream);
  }

  /** Gives back what it holds and tells its target's health what it was. */
  end(outcome: AttemptOutcome, health: Pick<Health, "cool">, nowMs: number): AttemptRecord {
    this.#running = null;
    const { target, price } = this.planned;
    const verdict = verdictOf(outcome);
    const isFailed = outcome.kind === "failed";
    this.#passage.end(verdict, nowMs, isFailed ? outcome.failure.code : undefined);
    this.#quota?.end(outcome.measured, verdict === "throttled", nowMs);
    const retryAfterMs = isFailed ? outcome.failure.retryAfterMs : null;
    if (retryAfterMs !== null) health.cool(target, nowMs + retryAfterMs, nowMs);
    const { startedMs, firstTokenMs } = this;
    return { target, price, outcome, startedMs, endedMs: nowMs, firstTokenMs };
  }
}
