import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Admission, Admitted } from "../admission/admission.ts";
import type { Answer, Completion, Served } from "../answer.ts";
import type { Arrival } from "../arrival.ts";
import type { AttemptOutcome, CallResult } from "../attempt.ts";
import { Run, type DispatchPorts } from "../dispatch/run.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import type { Health, Passage } from "../health.ts";
import type { Rates } from "../limits/rates.ts";
import type { TokensCounted } from "../observe/tokens-counted.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";
import type { Provider } from "../provider.ts";
import { noQuotas } from "../quota.ts";
import type { CountHead } from "../request.ts";
import type { Responses } from "../responses/responses.ts";
import { validateCount } from "../validate/validate.ts";

export interface TokenCountParts {
  readonly clock: Clock;
  readonly admission: Pick<Admission, "admit" | "plan" | "attach">;
  readonly dispatch: DispatchPorts;
  readonly responses: Responses;
  readonly rates: Pick<Rates, "admit" | "close">;
  readonly counted: Pick<TokensCounted, "record">;
}

/** How many tokens a prompt has: as its provider counts them, or about. */
export type TokenCount =
  | { readonly kind: "exact"; readonly tokens: number; readonly served: Served }
  /** `why` no provider counted them. */
  | { readonly kind: "estimated"; readonly tokens: number; readonly why: Code };

/**
 * What the pipeline is to calls: a request for a count passes these stages in this order. Nothing
 * is reserved or spent, and no row is written.
 */
export class TokenCounts {
  readonly #parts: TokenCountParts;

  constructor(parts: TokenCountParts) {
    this.#parts = parts;
  }

  /**
   * Asks the targets that a call would go to, in its order and at most as often; where none of
   * them counts, the answer is an estimate. Throws Failure when a stage refuses, when a provider
   * finds the request at fault, and when its client has left meanwhile.
   */
  async count(arrival: Arrival<CountHead>): Promise<TokenCount> {
    const { clock, admission, responses, counted } = this.#parts;
    const admitted = await admission.admit(arrival, validateCount);
    const { call } = admitted;
    try {
      const found = await this.#findPermitted(admitted, arrival);
      const count: TokenCount =
        found.kind === "exact"
          ? found
          : { kind: "estimated", tokens: estimateInputTokens(call.request), why: found.why };
      counted.record({ surface: arrival.surface, call, count, endedMs: clock.monotonicMs() });
      return count;
    } finally {
      responses.leave();
    }
  }

  /** Of its rates a count takes a request and a place, and no tokens: a prompt is not worked on. */
  async #findPermitted(
    admitted: Admitted,
    arrival: Pick<Arrival<CountHead>, "gone">,
  ): Promise<Found> {
    const { admission, rates } = this.#parts;
    const plan = admission.plan(admitted);
    const permit = rates.admit(admitted.asker, 0);
    try {
      return await this.#find({ ...admitted, permit }, plan, arrival);
    } finally {
      rates.close(permit, { isSent: true, tokens: 0 });
    }
  }

  async #find(
    admitted: Admitted,
    planned: Plan,
    arrival: Pick<Arrival<CountHead>, "gone">,
  ): Promise<Found> {
    const { admission } = this.#parts;
    const { provider } = admitted;
    const first = countingPlan(planned, provider);
    if (first.attempts.length === 0) return noCounter; // nothing is fetched for nobody
    const { call, plan, attached } = await admission.attach(admitted, first, arrival);
    using _ = attached;
    return await this.#ask({ call, plan: countingPlan(plan, provider), provider }, arrival.gone());
  }

  #ask({ call, plan, provider }: Question, gone: AbortSignal): Promise<Found> {
    if (plan.attempts.length === 0) return Promise.resolve(noCounter);
    const { dispatch } = this.#parts;
    const pending = new PendingCount();
    const run = new Run(
      { ...dispatch, health: onlySeen(dispatch.health), quotas: noQuotas, retries: freeRetries },
      {
        call,
        plan,
        answer: pending,
        provider: (place) => counterOf(provider(place)),
        settle: (result) => pending.settle(result),
      },
    );
    if (gone.aborted) run.abort("client_closed");
    else run.start();
    gone.addEventListener("abort", () => run.abort("client_closed"), { once: true });
    return pending.found;
  }
}

interface Question extends Pick<Admitted, "call" | "provider"> {
  readonly plan: Plan;
}

type Found = Extract<TokenCount, { kind: "exact" }> | { readonly kind: "none"; readonly why: Code };

const noCounter: Found = { kind: "none", why: "unsupported_by_target" };

/**
 * The attempts up to the first target that counts nothing: a later one has another tokenizer. A
 * count is as quick as a first token, or of no use.
 */
function countingPlan(plan: Plan, provider: Admitted["provider"]): Plan {
  const { attempts } = plan;
  const end = attempts.findIndex(({ target }) => !canCount(provider(target)));
  const counting = end === -1 ? attempts : attempts.slice(0, end);
  return { ...plan, attempts: counting.map(hurried) };
}

function hurried(planned: PlannedAttempt): PlannedAttempt {
  const { timeouts } = planned;
  const attemptMs = Math.min(timeouts.firstTokenMs, timeouts.attemptMs ?? Infinity);
  return { ...planned, timeouts: { ...timeouts, attemptMs } };
}

const canCount = (provider: Provider): boolean => provider.countTokens !== undefined;

/** Sends counts where a run sends calls. */
const counterOf = (provider: Provider): Provider => ({
  name: provider.name,
  start(input, sink) {
    if (provider.countTokens !== undefined) return provider.countTokens(input, sink);
    throw new Failure<Code>("unsupported_by_target", "The provider counts no tokens");
  },
});

/** Counts have quotas and troubles of their own: they rest no target and wake none. */
const onlySeen = (health: Health): Health => ({
  restOf: (target, nowMs) => health.restOf(target, nowMs),
  share: (target, nowMs) => health.share(target, nowMs),
  load: (target, nowMs) => health.load(target, nowMs),
  firstTokenLimitMs: (_target, configuredMs) => configuredMs,
  admit: (target, _tokens, nowMs) => (health.restOf(target, nowMs) === null ? unnoticed : null),
  admitInPanic: () => null,
  cool() {},
});

/** Counts cost nothing, and are tried no more often than a call. */
const freeRetries = { first() {}, take: () => null };

const unnoticed: Passage = { firstToken() {}, end() {} };

/** Takes the place of a response: what is read of it is one number. */
class PendingCount implements Answer {
  readonly log = new EventLog<CanonicalEvent>();
  readonly #found = Promise.withResolvers<Found>();
  #outcome: AttemptOutcome | null = null;

  get found(): Promise<Found> {
    return this.#found.promise;
  }

  settle({ counts }: CallResult): null {
    this.#outcome = counts?.outcome ?? null;
    return null;
  }

  attempted(): void {}

  commit(): void {}

  complete({ served }: Completion): void {
    const tokens = this.#outcome?.measured.usage.input ?? 0;
    this.#found.resolve({ kind: "exact", tokens, served });
  }

  /** What is wrong with the request its sender must know; for all else there is the estimate. */
  fail(failure: Failure<Code>): void {
    if (failure.code === "client_closed" || isRequestsFault(this.#outcome)) {
      this.#found.reject(failure);
    } else this.#found.resolve({ kind: "none", why: failure.code });
  }
}

const isRequestsFault = (outcome: AttemptOutcome | null): boolean =>
  outcome?.kind === "failed" &&
  outcome.failure.verdict === "final" &&
  outcome.failure.code !== "unsupported_by_target";
