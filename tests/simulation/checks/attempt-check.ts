import { Violation } from "../base/violation.ts";
import { framesDelivered, type UpstreamRecord } from "../providers/upstream-record.ts";
import type { Fault } from "../providers/faults.data.ts";
import type { AliasPlan, TargetPlan } from "../scenario/scenario.ts";

/** Deadlines are looked at by a wheel that turns every 10 ms. */
export const slackMs = 20;
/** Sums of virtual times are floats. */
const roundingMs = 1e-6;
/** How long a provider may keep a connection after its terminal event. */
const lingerMs = 2_000;

export interface CallContext {
  readonly alias: AliasPlan;
  /** The targets that the plan must hold, in order. */
  readonly planned: readonly TargetPlan[];
  /** When the request's own deadline passes; null while its body is not whole. */
  readonly deadlineMs: number | null;
  readonly isIntentDurable: boolean;
  /** The server knows that the client has left. */
  readonly isClientGone: boolean;
}

const placeIn = (planned: readonly TargetPlan[], { target }: UpstreamRecord): number =>
  planned.findIndex(
    ({ provider, model }) => provider === target.provider && model === target.model,
  );

/** RTE-6, RTE-7, RTE-8, RTE-10 and MON-10 at the moment a provider is called. */
export function checkDispatch(
  record: UpstreamRecord,
  earlier: readonly UpstreamRecord[],
  context: CallContext,
): void {
  const fail = (rule: string, what: string): never => {
    throw new Violation(rule, `call ${record.n}.${record.attempt}: ${what}`);
  };
  const { alias, planned, deadlineMs } = context;
  if (!context.isIntentDurable) fail("MON-10", "its intent is not durable");
  if (context.isClientGone) fail("STR-6", "its client has left");
  if (record.attempt > alias.attempts.max) fail("RTE-6", "one attempt too many");
  if (deadlineMs === null || record.startedMs > deadlineMs + slackMs) {
    fail("RTE-10", `the deadline passed at ${deadlineMs}`);
  }
  const place = placeIn(planned, record);
  if (place === -1) fail("RTE-2", "this target was resting, others were not");
  for (const call of earlier) {
    if (call.end === null) fail("RTE-6", "the attempt before is still open");
    if (call.firstContentMs !== null) fail("RTE-6", "the attempt before had sent content");
    if (call.fault === "400") fail("RTE-7", "the attempt before was refused for good");
    if (planned.length > 1) {
      if (placeIn(planned, call) >= place) fail("RTE-6", "a target twice, or out of order");
      continue;
    }
    // Whoever is the only one is tried again, but not before it wants to be.
    const waitedMs = record.startedMs - (call.closedMs ?? 0);
    const leastMs = Math.max(alias.attempts.backoffMs, call.hintMs ?? 0);
    if (waitedMs < leastMs - roundingMs) fail("RTE-8", `${waitedMs} of ${leastMs} ms waited`);
  }
}

/** Faults after which a client may be told of its failure though others could be asked. */
const finalFaults: readonly Fault[] = ["400"];
/** After these the same target is not asked again. */
const credentialFaults: readonly Fault[] = ["401"];

/** RTE-6 and RTE-7: a failure before content is not the end while something is left to be tried. */
export function checkGiveUp(
  record: UpstreamRecord,
  context: Pick<CallContext, "alias" | "planned" | "deadlineMs"> & {
    readonly restsForMs: (target: TargetPlan) => number;
  },
): void {
  const { alias, planned, deadlineMs, restsForMs } = context;
  const isAnswer = hasContent(record) || hasTerminal(record) || !isFailure(record);
  if (isAnswer || finalFaults.includes(record.fault)) return;
  if (record.attempt >= alias.attempts.max) return;
  const leftMs = (deadlineMs ?? 0) - (record.closedMs ?? 0);
  const fail = (what: string): never => {
    throw new Violation("RTE-6 give-up", `call ${record.n}.${record.attempt}: ${what}`);
  };
  if (planned.length > 1) {
    const rest = planned.slice(placeIn(planned, record) + 1);
    const awake = rest.find((target) => restsForMs(target) === 0);
    if (leftMs > 0 && awake !== undefined) fail(`${awake.provider} was not tried`);
    return;
  }
  if (credentialFaults.includes(record.fault) || mayHint(record)) return;
  const { backoffMs, backoffMaxMs } = alias.attempts;
  const mostMs = Math.min(backoffMaxMs, backoffMs * 2 ** (record.attempt - 1) + backoffMs);
  if (leftMs > mostMs) fail(`it was not tried again, with ${leftMs} ms left`);
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
  { alias, deadlineMs }: Pick<CallContext, "alias" | "deadlineMs">,
): void {
  const { timeouts } = alias;
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
