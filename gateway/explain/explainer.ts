import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { MediaKind } from "@sekisho/wire/canonical/carriage.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CallSettings } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import { neededKinds } from "../attachments/needed-kinds.ts";
import type { Spender } from "../budget/budget-limit.ts";
import type { Budgets, FreeAmounts } from "../budget/budgets.ts";
import { clientRequest } from "../admission/client-request.ts";
import { restingFailure, shortestPauseMs, shortPauseMs } from "../dispatch/resting.ts";
import type { RetryBudgets } from "../dispatch/retry-budgets.ts";
import { fitHistory, type LongRequest } from "../history/fit-history.ts";
import type { Load, Rest } from "../health.ts";
import type { Summaries } from "../history/summaries.ts";
import { knownSummaries, withSummary } from "../history/summarised-history.ts";
import { isCriticalCall } from "../admission/is-critical-call.ts";
import type { Keyring } from "../identity/keyring.ts";
import { checkModel, checkSurface } from "../identity/permission.ts";
import { tokensOf, type Rates } from "../limits/rates.ts";
import {
  allowanceOf,
  chatEstimate,
  freeWithin,
  questionOf,
  type Means,
} from "../admission/means.ts";
import type { ModelEntry } from "../model-entry.ts";
import { checkModelName } from "../model-name.ts";
import type { Choice } from "../choice.ts";
import { dearestOf, type Plan, type PlannedAttempt } from "../plan.ts";
import { attribute, type Principal } from "../principal.ts";
import type { Quotas } from "../quota.ts";
import type { HealthTree } from "../route/health-tree.ts";
import type { Lots } from "../route/lots.ts";
import type { ClientRequest, SurfaceHead, SurfaceRequest } from "../request.ts";
import type { SplitWeights } from "../split.ts";
import { chooseEntry } from "../route/choose-entry.ts";
import { planRoute } from "../route/route.ts";
import { validate, validateEmbedding } from "../validate/validate.ts";

/** Who would send the request. */
export type Asker =
  | { readonly kind: "key"; readonly keyId: string }
  /** A key of a tenant without any spending, which may do everything. */
  | { readonly kind: "tenant"; readonly principal: Principal }
  /** Nobody in particular: no budget, no rate, and nothing is forbidden. */
  | { readonly kind: "anybody" };

/** A request that is not sent. */
export interface ImaginedRequest extends Pick<
  Arrival,
  "surface" | "said" | "timeoutMs" | "criticality" | "attribution" | "maxNanoUsd"
> {
  readonly asker: Asker;
  readonly body: Buffer;
}

/** An attempt of the plan, and what is known now of where it would go. */
export interface ExplainedAttempt {
  /** Its first token has the time that the target is given now. */
  readonly planned: PlannedAttempt;
  readonly pool: string;
  readonly circuits: readonly CircuitView[];
  /** Null when it may be tried now. */
  readonly rest: Rest | null;
  readonly share: number;
  readonly load: Load;
  /** How many retries its region may receive now. */
  readonly retriesLeft: number;
}

/** What would become of the request, as far as it got. */
export interface Explanation {
  readonly entry: ModelEntry | null;
  /** Why it is that entry, where the name left a choice. */
  readonly choice: Choice | null;
  readonly plan: Plan | null;
  readonly attempts: readonly ExplainedAttempt[];
  /** The deadline of the call, from its arrival. */
  readonly totalMs: number | null;
  /** What is given by URL and fetched before any attempt. */
  readonly fetched: readonly MediaKind[];
  /** Of its conversation, the oldest that no window has room for (MON-5). */
  readonly leftOutMessages: number;
  /** Who would summarise them, and whether that was done already; null where nobody would. */
  readonly summary: { readonly model: string; readonly isKept: boolean } | null;
  /** What failed attempts may waste now; null without a limit. */
  readonly spendLeftNanoUsd: number | null;
  /** What the client would get instead of an answer. */
  readonly refusal: Failure<Code> | null;
}

/** Who would spend, and for what. */
interface Spending {
  readonly asker: Asker;
  readonly spender: Spender | null;
  readonly entry: ModelEntry;
}

type Findings = { -readonly [Part in keyof Explanation]: Explanation[Part] };

export interface ExplainerParts {
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, "named">;
  readonly rates: Pick<Rates, "check" | "mostTokens">;
  readonly budgets: Pick<Budgets, "isMoneyLimited" | "free" | "whole" | "requestLimit" | "check">;
  readonly health: HealthTree;
  readonly quotas: Pick<Quotas, "hasRoom">;
  readonly lots: Pick<Lots, "peek">;
  readonly splits: SplitWeights;
  readonly retries: Pick<RetryBudgets, "left" | "spendLeftNanoUsd">;
  readonly settings: () => Pick<CallSettings, "catalog">;
  readonly summaries: Pick<Summaries, "peek">;
}

/** Says what the pipeline would do with a request (RTE-2). It looks and changes nothing. */
export class Explainer {
  readonly #parts: ExplainerParts;

  constructor(parts: ExplainerParts) {
    this.#parts = parts;
  }

  /**
   * The stages of a call in their order, each asked and none of them passed. Throws Failure
   * `not_found` for a key that is none.
   */
  explain(imagined: ImaginedRequest): Explanation {
    const { retries } = this.#parts;
    const found: Findings = {
      entry: null,
      choice: null,
      plan: null,
      attempts: [],
      totalMs: null,
      fetched: [],
      leftOutMessages: 0,
      summary: null,
      spendLeftNanoUsd: retries.spendLeftNanoUsd,
      refusal: null,
    };
    try {
      this.#findOut(imagined, found);
    } catch (refusal) {
      // Stages throw failures of the table alone; an asker that is not there is the question's.
      if (!(refusal instanceof Failure) || refusal.code === "not_found") throw refusal;
      found.refusal = refusal as Failure<Code>; // see above
    }
    return found;
  }

  #findOut(imagined: ImaginedRequest, found: Findings): void {
    const { clock, rates, budgets, health, quotas, lots, splits, settings } = this.#parts;
    const { asker, body } = imagined;
    const principal = this.#principal(asker);
    if (principal !== null) checkSurface(principal, imagined.surface);
    const isKey = asker.kind === "key" && principal !== null;
    if (isKey) rates.check({ principal, user: undefined, connection: null, model: undefined });
    const whole = clientRequest(this.#read(imagined.said(), body), body);
    const model = checkModelName(whole.read.facts.model, "model");
    if (principal !== null) checkModel(principal, model);
    const named = settings().catalog.peek(model, principal);
    const attribution = attribute(imagined.attribution(), whole.read.facts.user);
    const tenant = principal?.tenant ?? null;
    const draw = (): number => lots.peek(named).draw;
    const { entry, choice } = chooseEntry(named, {
      request: whole,
      tenant,
      attribution,
      draw,
      splits,
    });
    found.entry = entry;
    found.choice = choice;
    found.totalMs = Math.min(imagined.timeoutMs() ?? Infinity, entry.totalMs);
    const nowMs = clock.monotonicMs();
    const maxNanoUsd = imagined.maxNanoUsd?.() ?? null;
    const spender = principal && { principal, attribution, maxNanoUsd };
    const rated = principal && {
      principal,
      user: attribution.user,
      connection: null,
      model: named.name,
    };
    const isCritical = isCriticalCall(entry, principal, imagined);
    const mostTokens = rated === null ? Infinity : rates.mostTokens(rated);
    const view = { health, quotas, nowMs, lot: lots.peek(entry) };
    const planned = (asked: ClientRequest): Plan => {
      const means = { ...this.#means({ asker, spender, entry }, asked), isCritical };
      const free = freeWithin(mostTokens, means.free, asked);
      return planRoute(questionOf(asked, choice, { ...means, free }), entry, view);
    };
    const long = { body, entry, request: whole, said: () => imagined.said(), principal };
    const { request, plan } = this.#fitting(long, planned, found);
    found.plan = plan;
    found.attempts = plan.attempts.map((planned) => this.#attempt(entry, planned, nowMs));
    found.fetched = [...neededKinds(request, plan.attempts)];
    if (isKey && spender !== null && rated !== null) {
      const dearest = dearestOf(plan.attempts);
      rates.check(rated, tokensOf(dearest));
      budgets.check(spender, dearest);
    }
    const pauseMs = shortestPauseMs(plan.attempts, health, nowMs);
    if (pauseMs > shortPauseMs) throw restingFailure(plan, health, nowMs);
  }

  /** Where history gives way, the plan is that of what is left of it (MON-5). */
  #fitting(
    long: LongRequest & { readonly principal: Principal | null },
    planned: (request: ClientRequest) => Plan,
    found: Findings,
  ): { readonly request: ClientRequest; readonly plan: Plan } {
    try {
      return { request: long.request, plan: planned(long.request) };
    } catch (refusal) {
      const fitted = fitHistory(long, refusal, planned);
      const { request, shortened, planned: plan } = fitted;
      found.leftOutMessages = shortened.messages;
      const { summary: policy } = long.entry.steering ?? {};
      if (policy === undefined || long.principal === null) return { request, plan };
      found.summary = { model: policy.model, isKept: false };
      const asking = { principal: long.principal, policy };
      for (const known of knownSummaries(this.#parts.summaries, fitted, asking)) {
        const sent = withSummary(fitted, known);
        const fits = orRefused(() => planned(sent.request));
        if (fits === null) continue;
        found.summary = { model: policy.model, isKept: true };
        found.leftOutMessages = sent.shortened.messages;
        return { request: sent.request, plan: fits };
      }
      return { request, plan };
    }
  }

  /** As its way in reads it: what a native body is depends on what its name stands for. */
  #read(said: SurfaceHead, body: Buffer): SurfaceRequest {
    const isVectors =
      said.surface === "bedrock.invoke" &&
      this.#parts.settings().catalog.makesVectors(said.path.model);
    return isVectors ? validateEmbedding(said, body) : validate(said, body);
  }

  #principal(asker: Asker): Principal | null {
    if (asker.kind === "anybody") return null;
    return asker.kind === "key" ? this.#parts.keyring.named(asker.keyId) : asker.principal;
  }

  #means({ asker, spender, entry }: Spending, request: ClientRequest): Omit<Means, "isCritical"> {
    const { budgets, clock } = this.#parts;
    const atWallMs = clock.wallMs();
    const inputEstimate = chatEstimate(request);
    if (spender === null) {
      return { free: boundless, allowance: Infinity, isPriced: false, atWallMs, inputEstimate };
    }
    const { principal } = spender;
    return {
      free: asker.kind === "key" ? budgets.free(spender) : budgets.whole(principal),
      allowance: allowanceOf(request, entry, budgets.requestLimit(principal)),
      isPriced: budgets.isMoneyLimited(spender),
      atWallMs,
      inputEstimate,
    };
  }

  #attempt(entry: ModelEntry, planned: PlannedAttempt, nowMs: number): ExplainedAttempt {
    const { health, retries } = this.#parts;
    const { target, timeouts } = planned;
    const firstTokenMs = health.firstTokenLimitMs(target, timeouts.firstTokenMs);
    return {
      planned: { ...planned, timeouts: { ...timeouts, firstTokenMs } },
      pool: entry.pools.find(({ targets }) => targets.includes(target))?.name ?? entry.name,
      circuits: health.circuitsOf(target, nowMs),
      rest: health.restOf(target, nowMs),
      share: health.share(target, nowMs),
      load: health.load(target, nowMs),
      retriesLeft: retries.left(target, nowMs),
    };
  }
}

/** Null where it is refused. */
function orRefused<T>(run: () => T): T | null {
  try {
    return run();
  } catch (refusal) {
    if (refusal instanceof Failure) return null;
    throw refusal;
  }
}

const boundless: FreeAmounts = { nanoUsd: Infinity, outputTokens: Infinity };
