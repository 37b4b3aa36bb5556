import type { ExplainedAttempt, Explanation } from "@sekisho/gateway/explain/explainer.ts";
import { balanceName } from "@sekisho/gateway/model-entry.ts";
import type { PlanReason } from "@sekisho/gateway/plan.ts";
import { planInWords } from "@sekisho/gateway/route/plan-words.ts";
import { reasonInWords } from "@sekisho/gateway/route/reason-words.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type {
  ExplainedAttemptView,
  ExplainedRefusal,
  ExplainedTarget,
  ExplainRequest,
  ExplainView,
  LeftOutView,
} from "@sekisho/wire/admin/explain.ts";
import { budgetStatusOf } from "../../answers/budget-status.ts";
import type { ModelSurface } from "../../answers/model-surface.ts";

interface Explained {
  readonly surface: Pick<ModelSurface, "name" | "codec">;
  readonly principal: Parameters<typeof budgetStatusOf>[0];
  /** How long a connection to a provider may take. */
  readonly connectMs: (provider: string) => number;
}

/** An explanation as administrators see it: figures for programs, sentences for people. */
export function viewOfExplanation(
  { model, surface: name, key, tenant }: ExplainRequest,
  explanation: Explanation,
  { surface, principal, connectMs }: Explained,
): ExplainView {
  const { entry, choice, plan, attempts, totalMs, spendLeftNanoUsd } = explanation;
  const refusal = refusalView(explanation, { surface, principal });
  return {
    model,
    surface: name,
    key,
    tenant,
    choice,
    pools: (entry?.pools ?? []).map((pool) => ({
      name: pool.name,
      balance: balanceName(pool.balance),
    })),
    attempts: attempts.map((each) => attemptView(each, connectMs)),
    maxAttempts: plan?.policy.max ?? null,
    leftOutMessages: explanation.leftOutMessages,
    summary: explanation.summary,
    leftOut: (plan?.reasons ?? []).flatMap(leftOut),
    deadlineMs: totalMs,
    retrySpendLeftNanoUsd: spendLeftNanoUsd,
    refusal,
    sentences: [
      ...(plan === null || entry === null ? [] : planInWords(plan, entry)),
      ...stateInWords(explanation),
      ...(refusal === null ? [] : [refusalInWords(refusal)]),
    ],
  };
}

const nanoPerUsd = 1_000_000_000;

function attemptView(
  { planned, pool, circuits, rest, share, load, retriesLeft }: ExplainedAttempt,
  connectMs: (provider: string) => number,
): ExplainedAttemptView {
  const { target, api, maxTokens, price, boundNanoUsd } = planned;
  const { firstTokenMs, betweenTokensMs, attemptMs } = planned.timeouts;
  const dearestNanoUsd = price === null ? null : boundNanoUsd;
  return {
    ...targetView(target),
    pool,
    api,
    priority: target.priority,
    weight: target.weight,
    maxTokens,
    dearestNanoUsd,
    dearestUsd: dearestNanoUsd === null ? null : dearestNanoUsd / nanoPerUsd,
    timeouts: { connectMs: connectMs(target.provider), firstTokenMs, betweenTokensMs, attemptMs },
    circuits,
    rest: rest === null ? null : { cause: rest.cause, forMs: finiteMs(rest.forMs) },
    share: rest === null ? share : 0,
    inFlight: load.inFlight,
    load: load.cost,
    retriesLeft,
  };
}

const finiteMs = (ms: number): number | null => (Number.isFinite(ms) ? Math.ceil(ms) : null);

const targetView = (target: Target): ExplainedTarget => ({
  target: target.id,
  provider: target.provider,
  region: target.region,
  credential: target.credentialId,
  upstreamModel: target.upstreamModel,
});

function leftOut(reason: PlanReason): LeftOutView[] {
  switch (reason.kind) {
    case "uncarried":
    case "too_long":
    case "unpriced":
    case "resting": {
      const sentence = reasonInWords(reason);
      return [{ ...targetView(reason.target), why: reason.kind, sentence }];
    }
    case "kept_back": {
      const sentence = reasonInWords(reason);
      return reason.targets.map((each) => ({ ...targetView(each), why: reason.kind, sentence }));
    }
    case "chosen":
    case "all_resting":
    case "panic":
    case "spilled":
    case "warming":
    case "ordered":
      return [];
  }
}

function historyInWords({ leftOutMessages, summary }: Explanation): string[] {
  if (leftOutMessages === 0) return [];
  const oldest = `its oldest ${leftOutMessages} messages`;
  if (summary === null) return [`${oldest} are left out`];
  if (summary.isKept) {
    return [`a summary of ${oldest} is sent in their place: it is kept, and costs nothing`];
  }
  const paid = `${oldest} or more are summarised by "${summary.model}" in a call that is paid`;
  return [`${paid}; where that fails they are left out`];
}

/** What no plan shows: files that are fetched first, budgets that have nothing left. */
function stateInWords(explanation: Explanation): string[] {
  const { attempts, fetched, spendLeftNanoUsd } = explanation;
  const words = fetched.map((kind) => `each ${kind} by URL is fetched before the first attempt`);
  words.unshift(...historyInWords(explanation));
  const places = attempts
    .slice(1)
    .filter(({ retriesLeft }) => retriesLeft === 0)
    .map(({ planned }) => `${planned.target.provider} in ${planned.target.region}`);
  const empty = [...new Set(places)].map(
    (each) => `no retry may go to ${each}: its budget is empty`,
  );
  const wastes = "failed attempts may waste no money: that budget is empty";
  return [...words, ...empty, ...(spendLeftNanoUsd === 0 ? [wastes] : [])];
}

function refusalView(
  { refusal }: Explanation,
  { surface: { codec }, principal }: Pick<Explained, "surface" | "principal">,
): ExplainedRefusal | null {
  if (refusal === null) return null;
  const { code, message, details } = refusal;
  const own = { ...details, ...budgetStatusOf(principal, code), requestId: "" };
  const { status } = codec.encodeError(code, message, own);
  const { param = null, retryAfterMs = null } = details;
  return { code, status, message, param, retryAfterMs };
}

const refusalInWords = ({ code, status, message }: ExplainedRefusal): string =>
  `the client would get ${status} ${code}: ${message}`;
