import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import { calm, type Behaviour } from "../behaviour.ts";
import { longestAnswerTokens, longestWaitMs } from "./patch-fields.data.ts";
import type { BehaviourPatch, Match, Scenario } from "./scenario.ts";
import { draw } from "./spread.ts";

export const maxScenarios = 100;

export interface CallToJudge {
  readonly region: string;
  readonly dialect: string;
  readonly model: string;
  readonly stream: boolean;
}

/** A scenario in force, with what it has done so far. */
export interface RuleState {
  readonly scenario: Scenario;
  readonly setAtMs: number;
  matched: number;
  fired: number;
}

const isFor = (match: Match, call: CallToJudge): boolean => {
  if (match.region !== undefined && match.region !== call.region) return false;
  if (match.dialect !== undefined && match.dialect !== call.dialect) return false;
  if (match.stream !== undefined && match.stream !== call.stream) return false;
  return match.model === undefined || matchesWildcard(match.model, call.model);
};

const isDue = (match: Match, sinceSetMs: number): boolean => {
  if (match.fromMs !== undefined && sinceSetMs < match.fromMs) return false;
  if (match.untilMs !== undefined && sinceSetMs >= match.untilMs) return false;
  return match.flapMs === undefined || Math.floor(sinceSetMs / match.flapMs) % 2 === 0;
};

const drawsNothing = (patch: BehaviourPatch): boolean =>
  typeof (patch.firstTokenMs ?? 0) === "number" && typeof (patch.answerTokens ?? 0) === "number";

/** The scenarios in force, in order: of two that set the same field the later one wins. */
export class RuleBook {
  readonly #clock: Clock;
  #random: Random;
  #rules: RuleState[] = [];
  /** Behaviours of patches that stand alone and draw nothing: a benchmark has one for all calls. */
  readonly #fixed = new WeakMap<BehaviourPatch, Behaviour>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get rules(): readonly RuleState[] {
    return this.#rules;
  }

  /** Starts over with these scenarios and these draws. */
  reset(scenarios: readonly Scenario[], random: Random): void {
    this.#rules = [];
    this.#random = random;
    this.add(scenarios);
  }

  replace(scenarios: readonly Scenario[]): void {
    this.#rules = [];
    this.add(scenarios);
  }

  /** Puts these in the place of those of this name, and leaves the others as they are. */
  exchange(name: string, scenarios: readonly Scenario[]): void {
    this.#rules = this.#rules.filter(({ scenario }) => scenario.name !== name);
    this.add(scenarios);
  }

  add(scenarios: readonly Scenario[]): void {
    const setAtMs = this.#clock.monotonicMs();
    for (const scenario of scenarios) {
      this.#rules.push({ scenario, setAtMs, matched: 0, fired: 0 });
    }
  }

  /** The scenarios that are for this call; their counters move. */
  fire(call: CallToJudge): readonly Scenario[] {
    if (this.#rules.length === 0) return noScenarios;
    const nowMs = this.#clock.monotonicMs();
    const fired: Scenario[] = [];
    for (const rule of this.#rules) {
      if (this.#fires(rule, call, nowMs)) fired.push(rule.scenario);
    }
    return fired;
  }

  /** One behaviour of all patches, with its draws made. */
  settle(patches: readonly BehaviourPatch[]): Behaviour {
    const [only] = patches;
    if (only === undefined) return calm;
    if (patches.length > 1) return this.#draw(Object.assign({}, ...patches));
    const kept = this.#fixed.get(only);
    if (kept !== undefined) return kept;
    const behaviour = this.#draw(only);
    if (drawsNothing(only)) this.#fixed.set(only, behaviour);
    return behaviour;
  }

  #draw(patch: BehaviourPatch): Behaviour {
    const { slowdown = 1, tokensPerSecond, answerTokens, fault = "none" } = patch;
    const waitMs = draw(patch.firstTokenMs ?? 0, this.#random, longestWaitMs);
    const tokens = draw(answerTokens ?? 0, this.#random, longestAnswerTokens);
    return {
      firstTokenMs: Math.min(waitMs * slowdown, longestWaitMs),
      tokensPerSecond: tokensPerSecond ? tokensPerSecond / slowdown : null,
      answerTokens: answerTokens === undefined ? null : Math.round(tokens),
      fault: fault === "none" ? null : fault,
      afterTokens: patch.afterTokens ?? calm.afterTokens,
      afterEvents: patch.afterEvents ?? null,
      retryAfter: patch.retryAfter ?? null,
      retryAfterMs: patch.retryAfterMs ?? null,
      cachedTokens: patch.cachedTokens ?? 0,
      reasoningTokens: patch.reasoningTokens ?? 0,
      faultBytes: patch.faultBytes ?? null,
      sliceBytes: patch.sliceBytes ?? null,
      hold: patch.hold ?? false,
      pauseAfter: patch.pauseAfter ?? null,
      hallucinate: patch.hallucinate ?? 0,
    };
  }

  #fires(rule: RuleState, call: CallToJudge, nowMs: number): boolean {
    const match = rule.scenario.match;
    if (match !== undefined) {
      if (!isFor(match, call) || !isDue(match, nowMs - rule.setAtMs)) return false;
      rule.matched += 1;
      if (match.every !== undefined && rule.matched % match.every !== 0) return false;
      if (match.times !== undefined && rule.fired >= match.times) return false;
      const probability = match.probability ?? 1;
      if (probability < 1 && this.#random.float() >= probability) return false;
    } else {
      rule.matched += 1;
    }
    rule.fired += 1;
    return true;
  }
}

const noScenarios: readonly Scenario[] = [];
