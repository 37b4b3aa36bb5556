import { Violation } from "../base/violation.ts";
import { framesDelivered, type UpstreamRecord } from "../providers/upstream-record.ts";
import type { Fault } from "../providers/faults.data.ts";
import { isSameTarget, targetId } from "../scenario/pool-targets.ts";
import { mostAttempts, placeIn, type PlannedCall, type PlannedTarget } from "./planned-call.ts";

/** Deadlines are looked at by a wheel that turns every 10 ms. */
export const slackMs = 20;
/** Sums of virtual times are floats. */
const roundingMs = 1e-6;
/** How long a provider may keep a connection after its terminal event. */
const lingerMs = 2_000;

export interface CallContext {
  readonly planned: PlannedCall;
  /** When the request's own deadline passes; null while its body is not whole. */
  readonly deadlineMs: number | null;
  readonly isIntentDurable: boolean;
  /** The server knows that the client has left. */
  readonly isClientGone: boolean;
}

/** Is a target out of reach just now? */
type Rests = (target: PlannedTarget) => boolean;

/** RTE-6, RTE-7, RTE-8, RTE-10 and MON-10 at the moment a provider is called. */
export function checkDispatch(
  record: UpstreamRecord,
  earlier: readonly UpstreamRecord[],
  context: CallContext,
): void {
  const fail = (rule: string, what: string): never => {
    throw new Violation(rule, `call ${record.n}.${record.attempt}: ${what}`);
  };
  const { planned, deadlineMs } = context;
  const { attempts } = planned.alias;
  if (!context.isIntentDurable) fail("MON-10", "its intent is not durable");
  if (context.isClientGone) fail("STR-6", "its client has left");
  if (record.attempt > attempts.max) fail("RTE-6", "one attempt too many");
  if (deadlineMs === null || record.startedMs > deadlineMs + slackMs) {
    fail("RTE-10", `the deadline passed at ${deadlineMs}`);
  }
  const place = placeIn(planned, record.target);
  if (place === undefined) return fail("RTE-2", "this target was resting, others were not");
  for (const call of earlier) {
    if (call.end === null) fail("RTE-6", "the attempt before is still open");
    if (call.firstContentMs !== null) fail("RTE-6", "the attempt before had sent content");
    if (call.fault === "400") fail("RTE-7", "the attempt before was refused for good");
    if (planned.targets.length > 1) {
      const why = orderProblem(planned, placeIn(planned, call.target), place);
      if (why !== null) fail("RTE-6", why);
      continue;
    }
    // Whoever is the only one is tried again, but not before it wants to be.
    const waitedMs = record.startedMs - (call.closedMs ?? 0);
    const leastMs = Math.max(attempts.backoffMs, call.hintMs ?? 0);
    if (waitedMs < leastMs - roundingMs) fail("RTE-8", `${waitedMs} of ${leastMs} ms waited`);
  }
  if (planned.targets.length < 2) return;
  const inPool = earlier.filter((call) => placeIn(planned, call.target)?.pool === place.pool);
  if (inPool.length >= mostAttempts(planned, place.pool)) {
    fail("RTE-6", "an attempt that is kept back for the pools behind");
  }
}

/** RTE-3: the first call goes to the first that does not rest. */
export function checkFirst(record: UpstreamRecord, planned: PlannedCall, rests: Rests): void {
  const place = placeIn(planned, record.target);
  if (record.attempt > 1 || place === undefined) return;
  const better = passedOver(planned, place, rests);
  if (better === null) return;
  const what = `${targetId(better)} comes first, and does not rest`;
  throw new Violation("RTE-3", `call ${record.n}.${record.attempt}: ${what}`);
}

/**
 * One that had to be tried before the first that was. Of a pool that keeps attempts back so many
 * must rest as it may try: which ones those are only its balancer knows.
 */
function passedOver(
  planned: PlannedCall,
  first: PlannedTarget,
  rests: Rests,
): PlannedTarget | null {
  for (let pool = 0; pool <= first.pool; pool += 1) {
    const own = planned.targets.filter((each) => each.pool === pool);
    const awake = own.filter((each) => isBefore(planned, each, first) && !rests(each));
    const [better] = awake;
    const mayMiss = pool === first.pool ? 0 : own.length - mostAttempts(planned, pool);
    if (better !== undefined && awake.length > mayMiss) return better;
  }
  return null;
}

/** Must the one be tried before the other? The balancer decides among equals. */
function isBefore(
  { alias, warming }: PlannedCall,
  one: PlannedTarget,
  other: PlannedTarget,
): boolean {
  if (one.inPanic !== other.inPanic) return other.inPanic;
  if (warming.has(one.pool)) return false;
  if (one.pool !== other.pool) return one.pool < other.pool;
  if (one.priority !== other.priority) return one.priority < other.priority;
  return alias.pools[one.pool]?.balance === "failover" && one.place < other.place;
}

function orderProblem(
  planned: PlannedCall,
  before: PlannedTarget | undefined,
  now: PlannedTarget,
): string | null {
  if (before === undefined) return "it was at a target that is not in its plan";
  if (isSameTarget(before, now)) return "a target twice";
  return isBefore(planned, now, before) ? "targets out of order" : null;
}

/** Faults after which a client may be told of its failure though others could be asked. */
const finalFaults: readonly Fault[] = ["400"];
/** After these the same target is not asked again. */
const credentialFaults: readonly Fault[] = ["401"];

/** RTE-6 and RTE-7: a failure before content is not the end while something is left to be tried. */
export function checkGiveUp(
  calls: readonly UpstreamRecord[],
  { planned, deadlineMs }: Pick<CallContext, "planned" | "deadlineMs">,
  rests: Rests,
): void {
  const record = calls.at(-1);
  if (record === undefined) return;
  const { attempts } = planned.alias;
  const isAnswer = hasContent(record) || hasTerminal(record) || !isFailure(record);
  if (isAnswer || finalFaults.includes(record.fault)) return;
  if (record.attempt >= attempts.max) return;
  const leftMs = (deadlineMs ?? 0) - (record.closedMs ?? 0);
  const fail = (what: string): never => {
    throw new Violation("RTE-6 give-up", `call ${record.n}.${record.attempt}: ${what}`);
  };
  const [sole] = planned.targets;
  if (planned.targets.length !== 1 || sole === undefined) {
    const left = leftMs > 0 ? leftToTry(planned, calls, rests) : null;
    if (left !== null) fail(`${targetId(left)} was not tried`);
    return;
  }
  if (credentialFaults.includes(record.fault) || mayHint(record)) return;
  if (planned.skipped.has(targetId(sole))) return;
  const { backoffMs, backoffMaxMs } = attempts;
  const mostMs = Math.min(backoffMaxMs, backoffMs * 2 ** (record.attempt - 1) + backoffMs);
  if (leftMs > mostMs) fail(`it was not tried again, with ${leftMs} ms left`);
}

/**
 * One of those that are left where any of them would do: a pool's plan holds as many as it may try,
 * and which ones only the balancer knows. Null when all may have been passed over.
 */
function leftToTry(
  planned: PlannedCall,
  calls: readonly UpstreamRecord[],
  rests: Rests,
): PlannedTarget | null {
  const tried = calls.flatMap(({ target }) => placeIn(planned, target) ?? []);
  const last = tried.at(-1)?.pool ?? 0;
  for (let pool = last; pool < planned.alias.pools.length; pool += 1) {
    const own = planned.targets.filter((each) => each.pool === pool && !tried.includes(each));
    const open = own.filter((each) => !planned.skipped.has(targetId(each)));
    const triedHere = tried.filter((each) => each.pool === pool).length;
    const skipped = own.length - open.length;
    const [first] = open;
    const isAnyPlanned = mostAttempts(planned, pool) - triedHere - skipped > 0;
    if (first !== undefined && isAnyPlanned && !open.some(rests)) return first;
  }
  return null;
}

/** Content whose blank line is missing counts as well: a clean end makes up for it. */
const hasContent = (record: UpstreamRecord): boolean =>
  record.frames.slice(0, framesDelivered(record)).some(({ kind }) => kind === "content");

/** The two statuses whose hints a provider may write as a date. */
const mayHint = ({ fault }: UpstreamRecord): boolean => fault === "429" || fault === "503";

/** A whole answer that came to its end may be right; then there is nothing to give up. */
const isFailure = ({ isStream, end, status }: UpstreamRecord): boolean =>
  isStream || end !== "ended" || status !== 200;

/** RTE-10 when a call is over: no stage took longer than it may, whatever the provider did. */
export function checkStages(
  record: UpstreamRecord,
  { planned, deadlineMs }: Pick<CallContext, "planned" | "deadlineMs">,
): void {
  const pool = planned.alias.pools[placeIn(planned, record.target)?.pool ?? 0];
  if (pool === undefined) return;
  const { timeouts } = pool;
  const closedMs = record.closedMs ?? 0;
  const within = (what: string, tookMs: number, limitMs: number): void => {
    if (tookMs <= limitMs + slackMs) return;
    const name = `call ${record.n}.${record.attempt}`;
    throw new Violation("RTE-10", `${name}: ${what} took ${tookMs} ms, the limit is ${limitMs}`);
  };
  const lingers = hasTerminal(record) ? lingerMs : 0;
  within("all", closedMs - (deadlineMs ?? 0), lingers);
  if (timeouts.attemptMs !== null) {
    within("the attempt", closedMs - record.startedMs, timeouts.attemptMs + lingers);
  }
  if (!record.isStream || lingers > 0) return;
  if (record.firstContentMs === null) {
    within("the first token", closedMs - record.startedMs, timeouts.firstTokenMs);
  } else if (!record.wasPaused) {
    const lastSilenceMs = closedMs - record.lastContentMs;
    within("a token", Math.max(record.longestSilenceMs, lastSilenceMs), timeouts.betweenTokensMs);
  }
}

/** The gateway has everything it waits for: what follows is courtesy to the connection. */
export function hasTerminal(record: UpstreamRecord): boolean {
  if (!record.isStream) return false;
  const end = record.frames.findIndex(({ kind }) => kind === "done");
  return end !== -1 && framesDelivered(record) > end;
}
