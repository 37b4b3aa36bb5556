import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Call } from "../call.ts";
import type { Claim, ClaimList, ClaimScope, ClaimStore } from "./claim-store.ts";
import { keepsAnswer } from "./keeps-answer.ts";
import { RecentClaims } from "./recent-claims.ts";

/** A recorded answer as far as claims look at it. */
export interface KnownAnswer {
  /** How it ended; null while it has not. */
  readonly end: { readonly code: string | null } | null;
  /** Null where this process does not make it. */
  readonly live: { readonly log: { readonly isKept: boolean } } | null;
}

export interface ClaimLimits {
  /** How long a client's name stands for its call; 0: names have no effect. */
  readonly keepMs: number;
  /** A request that says the same within this time is the same; 0: none is. */
  readonly contentWindowMs: number;
  /** So long after the first of them at most. */
  readonly replayMs: number;
  /** Are requests that an AWS SDK sends again known by the SDK's own name for them? */
  readonly awsRetries: boolean;
}

export interface ClaimsParts<Answer extends KnownAnswer> {
  readonly store: ClaimStore;
  readonly clock: Clock;
  readonly limits: () => ClaimLimits;
  /** The recorded answer of a call, whoever asks; null where nothing is kept of it here. */
  readonly answerOf: (callId: string) => Answer | null;
  /** Is the call under way, in whatever process? */
  readonly isOpen: (callId: string) => boolean;
  readonly enqueue: (writes: readonly Write[]) => void;
}

/** What a request of a name meets: an answer to it, or nobody before it. */
export type Entered<Answer> = Answered<Answer> | { readonly kind: "first"; readonly turn: Turn };

/** The only request of its name that goes on; others of this process wait for it. */
export interface Turn {
  /** To be committed with the call's intent. */
  take(call: Pick<Call, "id" | "principal">): Write[];
  /** Has somebody else taken the name meanwhile? */
  isTaken(): boolean;
  /** What a call that has ended so writes beside its rows. */
  ended(callId: string, cause: Code | null): Write[];
  /** True: its answer can be found. False: it was refused, and the next one tries. */
  over(isAnswered: boolean): void;
}

/** A name as those see it who run the gateway. */
export interface StandingClaim extends Claim {
  /** A request of its name meets an answer under way, one that is given again, 409, or nobody. */
  readonly state: "running" | "kept" | "unknown" | "free";
  /** Why the answer is none; null where it is one, or not known. */
  readonly cause: string | null;
}

interface Answered<Answer> {
  readonly kind: "answered";
  readonly answer: Answer;
  readonly callId: string;
}

type Woken = "look" | "go on";

interface Waiting {
  readonly fingerprint: string;
  readonly waiters: ((woken: Woken) => void)[];
}

/** A call that is younger may be about to end, or its process about to be replaced. */
const endingMs = 60_000;

/** How soon somebody may ask again whom another process keeps waiting. */
const retryAfterMs = 1_000;

/**
 * Requests that bear the same name are one call (STR-13). Within this process they wait for one
 * another until the first has its response; between processes the store lets one of them through.
 */
export class Claims<Answer extends KnownAnswer> {
  readonly #parts: ClaimsParts<Answer>;
  readonly #waiting = new Map<string, Waiting>();
  /** Those that stand for answers that are over and kept. */
  readonly #recent: RecentClaims;

  constructor(parts: ClaimsParts<Answer>) {
    this.#parts = parts;
    this.#recent = new RecentClaims(parts.clock);
  }

  get limits(): ClaimLimits {
    return this.#parts.limits();
  }

  /**
   * Throws Failure `idempotency_mismatch` where the name stands for another request,
   * `outcome_unknown` where it cannot be said what became of the first one.
   */
  async enter(scope: ClaimScope, fingerprint: string): Promise<Entered<Answer>> {
    const { tenant, surface, reader, source, name } = scope;
    const id = JSON.stringify([tenant, surface, reader, source, name]);
    for (;;) {
      const before = this.#waiting.get(id);
      if (before === undefined) {
        const again = this.#again(id, fingerprint);
        if (again !== null) return again;
        const waiting = { fingerprint, waiters: [] };
        this.#waiting.set(id, waiting);
        return this.#look(id, waiting, scope);
      }
      if (before.fingerprint !== fingerprint) throw mismatch(scope);
      const woken = await new Promise<Woken>((resolve) => before.waiters.push(resolve));
      if (woken === "go on") return this.#look(id, before, scope);
    }
  }

  /** Newest first; those whose time is over until they are dropped. */
  list(query: ClaimList): readonly StandingClaim[] {
    return this.#parts.store.list(query).map((claim) => this.#standing(claim));
  }

  find(callId: string): StandingClaim | null {
    const claim = this.#parts.store.byCall(callId);
    return claim === null ? null : this.#standing(claim);
  }

  /** The next request of its name is its own. */
  forget(callId: string): Write {
    this.#recent.changing();
    return this.#parts.store.release(callId);
  }

  #standing(claim: Claim): StandingClaim {
    const answer = this.#parts.answerOf(claim.callId);
    const cause = answer?.end?.code ?? null;
    if (claim.expiresMs <= this.#parts.clock.wallMs()) return { ...claim, state: "free", cause };
    const isOpen = answer === null && this.#parts.isOpen(claim.callId);
    return { ...claim, state: isOpen ? "running" : standingOf(answer), cause };
  }

  /** Null where the store must be asked. */
  #again(id: string, fingerprint: string): Entered<Answer> | null {
    const claim = this.#recent.find(id);
    if (claim === null || claim.fingerprint !== fingerprint) return null;
    const { answerOf, clock } = this.#parts;
    const nowMs = clock.wallMs();
    if (claim.expiresMs <= nowMs) return null;
    const answer = answerOf(claim.callId);
    if (answer === null || !isOver(answer)) return null;
    return this.#answered(claim, answer, nowMs);
  }

  #look(id: string, waiting: Waiting, scope: ClaimScope): Entered<Answer> {
    try {
      const { store, clock } = this.#parts;
      const readMs = clock.monotonicMs();
      const former = store.find(scope);
      const known = former === null ? null : this.#answerOf(former, waiting.fingerprint);
      if (former === null || known === null) {
        this.#recent.drop(id);
        return { kind: "first", turn: this.#turn(id, scope, former) };
      }
      if (isOver(known.answer)) this.#recent.keep(id, former, readMs);
      this.#wake(id, true);
      return known;
    } catch (error) {
      this.#wake(id, false);
      throw error;
    }
  }

  #turn(id: string, scope: ClaimScope, former: Claim | null): Turn {
    const { store, clock } = this.#parts;
    const { fingerprint = "" } = this.#waiting.get(id) ?? {};
    return {
      take: ({ id: callId, principal }) => {
        const createdMs = clock.wallMs();
        const { keepMs, contentWindowMs } = this.limits;
        const expiresMs = createdMs + (scope.source === "key" ? keepMs : contentWindowMs);
        const { keyId } = principal;
        return store.take({ ...scope, callId, keyId, fingerprint, createdMs, expiresMs }, former);
      },
      isTaken: () => (store.find(scope)?.callId ?? null) !== (former?.callId ?? null),
      ended: (callId, cause) => (keepsAnswer(cause) ? [] : [store.release(callId)]),
      over: (isAnswered) => this.#wake(id, isAnswered),
    };
  }

  /** Whoever waits finds the answer; where there is none the first of them takes its place. */
  #wake(id: string, isAnswered: boolean): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    const next = isAnswered ? undefined : waiting.waiters.shift();
    if (next !== undefined) return next("go on");
    this.#waiting.delete(id);
    for (const wake of waiting.waiters) wake("look");
  }

  /** Null where the name is free again. */
  #answerOf(claim: Claim, fingerprint: string): Answered<Answer> | null {
    const nowMs = this.#parts.clock.wallMs();
    if (claim.expiresMs <= nowMs) return null;
    if (claim.fingerprint !== fingerprint) throw mismatch(claim);
    const { callId } = claim;
    const answer = this.#parts.answerOf(callId);
    const state = this.#isOrphan(answer, callId) ? "interrupted" : stateOf(answer);
    if (answer !== null && state === "known") return this.#answered(claim, answer, nowMs);
    // Who has given no name has not asked for more than that nothing is sent twice in a hurry.
    if (state === "free" || claim.source === "content") return null;
    const isYoung = answer?.end === null && nowMs - claim.createdMs < endingMs;
    if (isYoung || (answer === null && this.#parts.isOpen(callId))) throw elsewhere(callId);
    throw unknownOutcome(callId, state);
  }

  #answered(claim: Claim, answer: Answer, nowMs: number): Answered<Answer> {
    if (claim.source === "content") this.#extend(claim, nowMs);
    return { kind: "answered", answer, callId: claim.callId };
  }

  /** The books have closed a call of another process, and its record does not end. */
  #isOrphan(answer: Answer | null, callId: string): boolean {
    return answer?.end === null && answer.live === null && !this.#parts.isOpen(callId);
  }

  /** Each repetition begins the window anew. */
  #extend({ callId, createdMs, expiresMs }: Claim, nowMs: number): void {
    const { contentWindowMs, replayMs } = this.limits;
    const until = Math.min(nowMs + contentWindowMs, createdMs + replayMs);
    if (until > expiresMs) this.#parts.enqueue([this.#parts.store.extend(callId, until)]);
  }
}

function standingOf(answer: KnownAnswer | null): StandingClaim["state"] {
  const state = stateOf(answer);
  if (state === "known") return (answer?.end ?? null) === null ? "running" : "kept";
  return state === "free" ? "free" : "unknown";
}

/** Nothing changes it any more but that it is taken away. */
const isOver = (answer: KnownAnswer): boolean => answer.end !== null && stateOf(answer) === "known";

type AnswerState = "known" | "free" | "interrupted" | "missing";

function stateOf(answer: KnownAnswer | null): AnswerState {
  if (answer === null) return "missing";
  const { end, live } = answer;
  if (live?.log.isKept === false) return "missing";
  if (end === null) return "known";
  if (end.code === "stream_interrupted") return "interrupted";
  return keepsAnswer(end.code) ? "known" : "free";
}

const param = "idempotency-key";

const shown = (name: string): string => JSON.stringify(name.slice(0, 64));

const mismatch = ({ name }: Pick<ClaimScope, "name">): Failure<Code> =>
  new Failure<Code>(
    "idempotency_mismatch",
    `Cannot take the request: the key ${shown(name)} stands for another one`,
    { param },
  );

/** SDKs ask again by themselves. */
const elsewhere = (callId: string): Failure<Code> =>
  new Failure<Code>("idempotency_in_progress", codes.idempotency_in_progress.meaning, {
    param,
    retryAfterMs,
    facts: { ledgerId: `req_${callId}` },
  });

function unknownOutcome(callId: string, state: AnswerState): Failure<Code> {
  const why =
    state === "interrupted"
      ? "the process that sent the first request stopped before its answer was whole"
      : "the answer to the first request is not kept";
  const ledgerId = `req_${callId}`;
  const message = `Cannot repeat the answer: ${why}; the ledger has it as ${ledgerId}`;
  return new Failure<Code>("outcome_unknown", message, { param, facts: { ledgerId } });
}
