import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { premiumOf } from "./premium.ts";
import { carriageRefusal, vectorHeaderRefusal, type CarriedRequest } from "./carriage-refusal.ts";
import { embeddingRefusal, wordsRefusal } from "./embedding-refusal.ts";
import { boundNanoUsd } from "../cost.ts";
import type { ModelEntry, Pool } from "../model-entry.ts";
import { overridePath, shownModel } from "../model-name.ts";
import type { Plan, PlannedAttempt, PlanReason } from "../plan.ts";
import { priceAt } from "../price.ts";
import { priceOfCall } from "./price-of-call.ts";
import { apiFor, passes } from "../target-api.ts";
import type { Target, TargetApi } from "../target.ts";
import { answerCapOf, type CappedTarget } from "./answer-cap.ts";
import { panicTargets } from "./panic.ts";
import {
  joined,
  orderTargets,
  slowBehind,
  spilled,
  type OrderView,
  type ToldOrderView,
} from "./plan-order.ts";
import type { RouteQuestion } from "./route-question.ts";
import { fittingTargets } from "./windows.ts";

/**
 * Decides which targets a call may go to and in which order (RTE-2). It reads health and changes
 * nothing: the same question, entry and view give the same plan. Throws Failure `unpriced` or
 * `unsupported_by_target` when no target is left.
 */
export function planRoute(question: RouteQuestion, entry: ModelEntry, view: OrderView): Plan {
  const reasons: PlanReason[] = chosen(question);
  const usable = usableTargets(question, entry, reasons);
  const awake = awakeTargets(usable, view, reasons);
  const panicking = panicTargets(entry, question, { usable, awake, view, reasons });
  // When all of them rest, the plan keeps them: dispatch says so, or finds one half-open.
  const isLost = awake.length === 0 && panicking.length === 0;
  if (isLost) reasons.push({ kind: "all_resting", isHeld: !reasons.some(endsByItself) });
  const told = { ...view, reasons };
  const asked = { question, entry, told };
  const first = attemptsIn(isLost ? usable : awake, asked, false);
  // Those that are well come first: panic is for the call that finds no place there.
  const attempts =
    panicking.length === 0 ? first : [...first, ...attemptsIn(panicking, asked, true)];
  return { model: question.model, attempts, policy: entry.policy, reasons };
}

interface AskedRoute {
  readonly question: RouteQuestion;
  readonly entry: ModelEntry;
  readonly told: ToldOrderView;
}

/** Attempts at these targets, in the order in which they are made. */
function attemptsIn(
  kept: readonly Target[],
  { question, entry, told }: AskedRoute,
  inPanic: boolean,
): readonly PlannedAttempt[] {
  const { reasons } = told;
  const pools = poolsOf(entry, kept);
  const groups = pools.map(({ pool, targets }, index) => {
    const planned = targets.map((target) =>
      planAttempt(question, { target, pool, entry }, inPanic),
    );
    const ordered = orderTargets(pool, planned, told);
    const behind = pools.length - 1 - index;
    return keepBack(ordered, entry.policy.max - behind, { pool, behind, reasons });
  });
  return spilled(joined(slowBehind(groups, told)), told);
}

const chosen = ({ choice }: RouteQuestion): PlanReason[] =>
  choice === null ? [] : [{ kind: "chosen", choice }];

const endsByItself = (reason: PlanReason): boolean =>
  reason.kind === "resting" && Number.isFinite(reason.rest.forMs);

/** What is left of a pool. */
interface PoolRest {
  readonly pool: Pool;
  readonly targets: readonly Target[];
}

/** What is left of the pools. A place that two of them have is tried in the first (RTE-6). */
function poolsOf({ pools }: ModelEntry, kept: readonly Target[]): readonly PoolRest[] {
  const [only] = pools;
  if (only !== undefined && pools.length === 1) return [{ pool: only, targets: kept }];
  const seen = new Set<string>();
  const left = pools.map((pool) => {
    const targets = pool.targets.filter((each) => !seen.has(each.id) && kept.includes(each));
    for (const { id } of targets) seen.add(id);
    return { pool, targets };
  });
  return left.filter(({ targets }) => targets.length > 0);
}

function awakeTargets(
  usable: readonly Target[],
  { health, nowMs }: OrderView,
  reasons: PlanReason[],
): readonly Target[] {
  return usable.filter((target) => {
    const rest = health.restOf(target, nowMs);
    if (rest !== null) reasons.push({ kind: "resting", target, rest });
    return rest === null;
  });
}

/** A chain is worth nothing whose first pool uses up all attempts: each one behind keeps one. */
function keepBack(
  ordered: readonly PlannedAttempt[],
  most: number,
  { pool, behind, reasons }: { pool: Pool; behind: number; reasons: PlanReason[] },
): readonly PlannedAttempt[] {
  const count = Math.max(1, most);
  if (behind === 0 || ordered.length <= count) return ordered;
  const targets = ordered.slice(count).map(({ target }) => target);
  reasons.push({ kind: "kept_back", pool: pool.name, targets });
  return ordered.slice(0, count);
}

function usableTargets(
  question: RouteQuestion,
  entry: ModelEntry,
  reasons: PlanReason[],
): readonly Target[] {
  const { pools } = entry;
  const all = pools.length === 1 ? pools[0]?.targets : pools.flatMap((pool) => pool.targets);
  const targets = carryingTargets(question, all ?? [], reasons);
  const able = fittingTargets(question, { entry, targets, reasons });
  if (question.freeNanoUsd === null) return able;
  const priced: Target[] = [];
  let premium: string | null = null;
  for (const target of able) {
    const field = premiumOf(question.request, target);
    const price = priceAt(target.prices, question.atWallMs);
    if (price !== null && field === null) priced.push(target);
    else reasons.push({ kind: "unpriced", target, field });
    premium ??= field;
  }
  if (priced.length === 0) throw unpriced(question, able, premium);
  return priced;
}

function unpriced(
  { model }: RouteQuestion,
  able: readonly Target[],
  premium: string | null,
): Failure<Code> {
  const [what, param] =
    premium === null
      ? ["it has no price", "model"]
      : [`"${premium}" asks for what has no price`, premium];
  const [upstream] = able.map(({ upstreamModel }) => upstreamModel);
  const advice =
    premium === null && upstream !== undefined
      ? ` (an administrator sets ${overridePath(upstream)}, or prices.unpriced: allow)`
      : "";
  const why = `${what}, and the key has a money budget${advice}`;
  const message = `Cannot call model "${shownModel(model)}": ${why}`;
  return new Failure<Code>("unpriced", message, { param });
}

/** Those whose words can say all that the request asks for. */
function carryingTargets(
  question: RouteQuestion,
  targets: readonly Target[],
  reasons: PlanReason[],
): readonly Target[] {
  const { request } = question;
  if (targets.every((target) => takesAsItIs(target, request))) return targets;
  const able: Target[] = [];
  const refusals: Failure<Code>[] = [];
  // Regions of one model refuse the same: a body is written for one of them.
  const known = new Map<string, Failure<Code> | null>();
  for (const target of targets) {
    if (takesAsItIs(target, request)) {
      able.push(target);
      continue;
    }
    const api = apiFor(target, request);
    const way = `${api} ${target.upstreamModel}`;
    const found = known.get(way);
    const refusal = found === undefined ? refusalOf(request, api, target) : found;
    known.set(way, refusal);
    if (refusal === null) {
      able.push(target);
    } else {
      reasons.push({ kind: "uncarried", target, message: refusal.message });
      refusals.push(refusal);
    }
  }
  const [first] = refusals;
  if (able.length === 0 && first !== undefined) throw first;
  return able;
}

/** Do the client's own bytes go there? */
const takesAsItIs = (target: Target, request: CarriedRequest): boolean =>
  target.embedding?.isGuess !== false &&
  passes(request, apiFor(target, request), target.upstreamModel);

/** Why this target cannot be asked for what the request wants; null when it can. */
function refusalOf(request: CarriedRequest, api: TargetApi, target: Target): Failure<Code> | null {
  const { embedding, model: alias = target.upstreamModel } = request.read.facts;
  if (embedding !== undefined) {
    const refusal = embeddingRefusal(embedding, api, { ...target, alias });
    return refusal ?? vectorHeaderRefusal(request, api, target.upstreamModel);
  }
  return wordsRefusal(request, api, target) ?? carriageRefusal(request, api, target.upstreamModel);
}

function planAttempt(
  question: RouteQuestion,
  asked: CappedTarget,
  inPanic: boolean,
): PlannedAttempt {
  const { target, pool } = asked;
  const input = Math.min(question.inputTokensBound, windowOf(question.request, target));
  const price = priceOfCall(target.prices, question);
  const maxTokens = answerCapOf(question, asked);
  const output = Math.min(maxTokens, target.facts.contextWindow) * question.choices;
  return {
    target,
    api: apiFor(target, question.request),
    timeouts: pool.timeouts,
    defaults: pool.defaults,
    maxTokens,
    boundInputTokens: input,
    boundOutputTokens: output,
    price,
    boundNanoUsd: price === null ? 0 : boundNanoUsd(input, output, price),
    quotaTokens: (target.quota ?? null) === null ? 0 : quotaTokens(question, { input, output }),
    inPanic,
  };
}

/**
 * What a provider sets aside of a quota: the prompt as it counts it, and the whole cap of the
 * answer (RTE-16). The bound of a prompt is several times as much.
 */
const quotaTokens = (
  { inputEstimate }: RouteQuestion,
  { input, output }: { readonly input: number; readonly output: number },
): number => Math.min(input, inputEstimate?.() ?? input) + output;

/** Each input of a request for vectors has a window for itself. */
function windowOf({ read }: CarriedRequest, { facts, embedding }: Target): number {
  const inputs = read.facts.embedding?.inputs ?? null;
  return inputs === null || !embedding ? facts.contextWindow : inputs * embedding.windowTokens;
}
