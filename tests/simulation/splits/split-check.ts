import { sumOf } from "@sekisho/gateway/splits/split-state.ts";
import { Violation } from "../base/violation.ts";
import type { Phase, SeenCall } from "./split-books.ts";
import type { SplitScenario } from "./split-scenario.ts";

/** A call, with whom its client said that it is for. */
export interface ForWhom extends SeenCall {
  readonly subject: string | null;
}

/** A world that is over. */
export interface PlayedSplit {
  readonly scenario: SplitScenario;
  readonly phases: readonly Phase[];
  readonly calls: readonly ForWhom[];
}

/** Another process has a change in force within a second; what it decides then takes a while. */
const followMs = 1_100;

/** Weights are those of the phase, in every process, and a change is in force in time. */
export function checkWeights({ phases, calls }: PlayedSplit): void {
  for (const call of calls) {
    const phase = phases[call.phase];
    if (phase === undefined) throw new Violation("RTE-4 weights", `phase ${call.phase} never was`);
    const [weight, ofWeight] = [phase.weights[call.arm] ?? 0, sumOf(phase.weights)];
    const is = `${call.weight} of ${call.ofWeight}`;
    if (is !== `${weight} of ${ofWeight}`) {
      const should = `${is}, should be ${weight} of ${ofWeight}`;
      throw new Violation("RTE-4 weights", `${call.arm} had ${should} in phase ${call.phase}`);
    }
    if (weight === 0) throw new Violation("RTE-4 weights", `${call.arm} had a call at weight 0`);
    const lateMs = call.arrivedMs - phase.toMs;
    if (lateMs <= followMs && call.arrivedMs >= phase.fromMs) continue;
    throw new Violation("RTE-4 1 s", `a call came ${lateMs} ms behind the end of its weights`);
  }
}

/**
 * A subject stays with its arm while the weights are the same, and goes only to one that has grown
 * against the one it leaves.
 */
export function checkSticky({ phases, calls }: PlayedSplit): void {
  const last = new Map<string, ForWhom>();
  for (const call of calls.toSorted((one, other) => one.arrivedMs - other.arrivedMs)) {
    if (call.subject === null) continue;
    const before = last.get(call.subject);
    last.set(call.subject, call);
    if (before === undefined || before.arm === call.arm) continue;
    const [then, now] = [phases[before.phase]?.weights ?? {}, phases[call.phase]?.weights ?? {}];
    const grown = (now[call.arm] ?? 0) * (then[before.arm] ?? 0);
    const least = (then[call.arm] ?? 0) * (now[before.arm] ?? 0);
    if (grown > least * (1 + 1e-9)) continue;
    const moved = `${call.subject} went from ${before.arm} to ${call.arm}`;
    throw new Violation("RTE-4 sticky", `${moved}, phases ${before.phase}, ${call.phase}`);
  }
}

/** Beyond so many standard deviations a share is no chance. */
const sigmas = 5.5;

/** Each arm has its share of the subjects, and of the calls that name nobody. */
export function checkShares({ phases, calls }: PlayedSplit): void {
  for (const [number, { weights }] of phases.entries()) {
    const own = calls.filter(({ phase }) => phase === number);
    const groups = [
      own.filter(({ subject }) => subject === null),
      [...new Map(own.flatMap((call) => (call.subject ? [[call.subject, call]] : []))).values()],
    ];
    for (const group of groups) {
      for (const [arm, weight] of Object.entries(weights)) {
        const share = weight / sumOf(weights);
        const count = group.filter((call) => call.arm === arm).length;
        const most = sigmas * Math.sqrt(group.length * share * (1 - share)) + 1;
        if (Math.abs(count - share * group.length) <= most) continue;
        const has = `${count} of ${group.length}, its share is ${share}`;
        throw new Violation("RTE-4 shares", `${arm} has ${has} in phase ${number}`);
      }
    }
  }
}

interface Tally {
  readonly total: number;
  readonly failed: number;
}

const tally = (calls: readonly SeenCall[]): Tally => ({
  total: calls.filter(({ says }) => says !== null).length,
  failed: calls.filter(({ says }) => says === "failed").length,
});

/** What was not durable when it was looked at, and seconds that are counted whole. */
const slackMs = 2_500;

/** Nobody is rolled back by itself without failures of its own in the weights in force. */
export function checkJustified({ scenario, phases, calls }: PlayedSplit): void {
  const { errorRate, minRequests, windowMs } = scenario.rollback;
  for (const [number, { row, fromMs }] of phases.entries()) {
    if (row?.event !== "rolled_back" || row.by !== "automatic") continue;
    const before = phases[number - 1];
    const isCanary = before?.state.canary?.arm === row.arm;
    if (before?.state.canary && !isCanary) {
      throw new Violation("RTE-4 rollback", `${row.arm} went under the canary of another`);
    }
    const own = calls.filter(({ arm, phase }) => arm === row.arm && phase === number - 1);
    const spanMs = isCanary ? Infinity : windowMs + slackMs;
    const seen = tally(own.filter(({ endedMs }) => endedMs > fromMs - spanMs && endedMs <= fromMs));
    const isSaid = seen.total >= minRequests && seen.failed > errorRate * minRequests;
    if (isSaid) continue;
    const had = `${seen.failed} of ${seen.total} calls`;
    throw new Violation("RTE-4 rollback", `${row.arm} went with ${had}: ${row.words}`);
  }
}

/** An arm that goes has no weight, and has had one before; each goes once for each time. */
export function checkRolledBack({ phases }: PlayedSplit): void {
  for (const [number, { row, weights }] of phases.entries()) {
    if (row?.event !== "rolled_back" || row.arm === null) continue;
    const before = phases[number - 1]?.weights[row.arm] ?? 0;
    if (before > 0 && weights[row.arm] === 0) continue;
    const had = `${row.arm} had ${before} and has ${weights[row.arm] ?? 0}`;
    throw new Violation("RTE-4 rollback", `phase ${number} rolls back: ${had}`);
  }
}

/** A step of a canary comes by itself only after its time and its calls, in order, without gaps. */
export function checkSteps({ scenario, phases, calls }: PlayedSplit): void {
  const { minRequests, minMs, steps } = scenario.canary;
  for (const [number, { row, fromMs, state }] of phases.entries()) {
    const before = phases[number - 1];
    const isStep = row?.event === "stepped" || row?.event === "completed";
    if (!isStep || row.by !== "automatic" || before === undefined) continue;
    const { canary } = before.state;
    const fail = (what: string): never => {
      throw new Violation("RTE-4 canary", `phase ${number} ${row.event}: ${what}`);
    };
    if (canary?.state !== "running" || canary.arm !== row.arm) return fail("it was not running");
    if (fromMs - before.fromMs < minMs) fail(`after ${fromMs - before.fromMs} ms of ${minMs}`);
    const own = tally(calls.filter(({ arm, phase }) => arm === row.arm && phase === number - 1));
    if (own.total < minRequests) fail(`after ${own.total} calls of ${minRequests}`);
    const at = state.canary?.at ?? steps.length;
    if (at !== canary.at + 1) fail(`it was at ${canary.at}, and is at ${at}`);
  }
}

/** Calls that fail so often are bad whatever chance does. */
const plainlyBad = 0.35;
/** Who looks has died, perhaps all of them: another leads within so long. */
const handoverMs = 16_000;
const lookMs = 3_500;
const everyMs = 500;

/** An arm that is plainly bad, beside others that are well, loses its calls in its window. */
export function checkFound({ scenario, phases, calls }: PlayedSplit): void {
  const { rollback, crashes } = scenario;
  for (const [number, { state, weights, fromMs, toMs }] of phases.entries()) {
    const arms = Object.keys(weights).filter((arm) => (weights[arm] ?? 0) > 0);
    if (arms.length < 2 && state.canary === null) continue;
    const judged = state.canary === null ? arms : [state.canary.arm];
    const own = calls.filter(({ phase }) => phase === number);
    for (const arm of judged.filter((each) => arms.includes(each))) {
      let sinceMs: number | null = null;
      for (let atMs = fromMs; atMs < toMs; atMs += everyMs) {
        const seen = own.filter((call) => isIn(call, atMs, rollback.windowMs - slackMs));
        const mine = tally(seen.filter((call) => call.arm === arm));
        const theirs = tally(seen.filter((call) => call.arm !== arm));
        const isBad =
          mine.total >= Math.max(20, rollback.minRequests + 5) &&
          mine.failed >= plainlyBad * mine.total &&
          theirs.failed === 0;
        sinceMs = isBad ? (sinceMs ?? atMs) : null;
        const hasDied = crashes.some(
          (crash) => crash.atMs > atMs - handoverMs - crash.downMs && crash.atMs <= atMs,
        );
        if (sinceMs === null || atMs - sinceMs <= (hasDied ? handoverMs : lookMs)) continue;
        const what = `${mine.failed} of ${mine.total} calls failed, and it stayed`;
        throw new Violation("RTE-4 window", `${arm}, phase ${number}, at ${atMs} ms: ${what}`);
      }
    }
  }
}

const isIn = ({ endedMs }: SeenCall, atMs: number, spanMs: number): boolean =>
  endedMs <= atMs && endedMs > atMs - spanMs;
