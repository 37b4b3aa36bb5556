import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ModelEntry } from "../model-entry.ts";
import { shownModel } from "../model-name.ts";
import type { PlanReason } from "../plan.ts";
import type { Target } from "../target.ts";
import { answerCapOf, dropsHistory, keptFreeTokens } from "./answer-cap.ts";
import type { RouteQuestion } from "./route-question.ts";

interface Windows {
  readonly entry: ModelEntry;
  readonly targets: readonly Target[];
  readonly reasons: PlanReason[];
}

/** A target, how long the prompt is by its family's tokens, and how long one may be there. */
interface Fit {
  readonly target: Target;
  readonly estimate: number;
  readonly room: number;
}

/**
 * Those whose window the prompt fits by estimate (MON-6). It is estimated where its bound alone
 * does not show that it fits; a window that nobody knows is wide. Throws Failure
 * `context_length_exceeded`.
 */
export function fittingTargets(
  question: RouteQuestion,
  { entry, targets, reasons }: Windows,
): readonly Target[] {
  const { inputTokensBound: bound, inputEstimate } = question;
  const roomOf = (target: Target): number => roomIn(question, entry, target);
  if (inputEstimate === null || targets.every((each) => bound <= roomOf(each))) return targets;
  const byClass = inputEstimate();
  const fits = targets.map((target): Fit => {
    const estimate = target.estimates?.input(byClass) ?? byClass;
    return { target, estimate, room: roomOf(target) };
  });
  const fitting = fits.filter(({ estimate, room }) => estimate <= room);
  if (fitting.length === 0 && fits.length > 0) {
    throw dropsHistory(entry) ? noRoom(question, fits) : tooLong(question, fits);
  }
  for (const fit of fits) {
    if (fitting.includes(fit)) continue;
    const { target, estimate } = fit;
    reasons.push({ kind: "too_long", target, estimate });
  }
  return fitting.map(({ target }) => target);
}

/** Where history gives way, there is room for the template and the answer as well (MON-5). */
function roomIn(question: RouteQuestion, entry: ModelEntry, target: Target): number {
  const { contextWindow } = target.facts;
  if (!dropsHistory(entry)) return contextWindow;
  const pool = entry.pools.find(({ targets }) => targets.includes(target));
  if (pool === undefined) return contextWindow;
  const answer = answerCapOf(question, { target, pool, entry });
  return Math.max(0, contextWindow - keptFreeTokens - answer);
}

/** Of a chain that mixes families the longest is told. */
function tooLong({ model }: RouteQuestion, fits: readonly Fit[]): Failure<Code> {
  const estimate = Math.max(...fits.map((fit) => fit.estimate));
  const limit = Math.max(...fits.map(({ target }) => target.facts.contextWindow));
  const long = `its prompt has about ${estimate} tokens, the window ${limit}`;
  const message = `Cannot call model "${shownModel(model)}": ${long}`;
  const facts = { budgetType: "context_window", limit, used: 0, needed: estimate };
  return new Failure<Code>("context_length_exceeded", message, { facts });
}

/** Of several targets the one that lacks least is told: it is what the history is cut for. */
function noRoom({ model }: RouteQuestion, fits: readonly Fit[]): Failure<Code> {
  const { target, estimate, room } = fits.reduce((least, fit) =>
    lackOf(fit) < lackOf(least) ? fit : least,
  );
  const { contextWindow } = target.facts;
  const answer = contextWindow - keptFreeTokens - room;
  const rest = `the window of ${contextWindow} leaves ${room} beside an answer of ${answer}`;
  const message =
    `Cannot call model "${shownModel(model)}": its prompt has about ${estimate} tokens, ${rest} ` +
    `and ${keptFreeTokens} that are kept free`;
  const facts = { budgetType: "context_window", limit: room, used: 0, needed: estimate };
  return new Failure<Code>("context_length_exceeded", message, { facts });
}

const lackOf = ({ estimate, room }: Fit): number => 1 - room / estimate;

/** Which share of the prompt no window has room for; null for a refusal for anything else. */
export function shareWithoutRoom(refusal: unknown): number | null {
  if (!(refusal instanceof Failure) || refusal.code !== "context_length_exceeded") return null;
  const { needed, limit } = refusal.details.facts ?? {};
  return typeof needed === "number" && typeof limit === "number" ? 1 - limit / needed : null;
}
