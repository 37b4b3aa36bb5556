import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { nothing, type Amounts } from "../amounts.ts";
import type { AttemptRecord, CallResult } from "../attempt.ts";
import type { Call } from "../call.ts";
import { choiceInWords } from "../choice.ts";
import { costNanoUsd, pricedBy } from "../cost.ts";
import type { Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import type { IntentRow, LedgerRow, RowOutcome, RowSubject } from "./ledger.ts";
import { wastedTokens, type WastedTokens } from "./wasted-tokens.ts";

/** What the books know of the end of a call besides its result. */
export interface SettlementFacts {
  readonly reservedNanoUsd: number;
  /** As `handedShare`; absent: who asks has all of an answer that is complete. */
  readonly handedShare?: number;
  readonly endedMs: number;
  readonly endedWallMs: number;
}

/** A call that is over, as the books see it. */
export interface Settlement extends CallResult {
  readonly call: Call;
  /** What the tenant pays: at most the reservation (MON-7), nothing for an error before content. */
  readonly costNanoUsd: number;
  /**
   * What the provider reported beyond the reservation: the operator's loss, and an alarm (MON-7).
   */
  readonly excessNanoUsd: number;
  /** What each attempt costs the operator, in the order of `attempts`. */
  readonly attemptCostsNanoUsd: readonly number[];
  readonly wasted: WastedTokens;
  /** An error before content costs the tenant nothing (MON-15). */
  readonly isFree: boolean;
  /** False for a client that left: that is no failure. */
  readonly isError: boolean;
  readonly endedMs: number;
  readonly endedWallMs: number;
}

/** Prices a result (MON-7, MON-15). */
export function settle(call: Call, result: CallResult, facts: SettlementFacts): Settlement {
  const { attempts, counts, cause } = result;
  const { reservedNanoUsd } = facts;
  const attemptCostsNanoUsd = attempts.map((each) => attemptCostNanoUsd(each, reservedNanoUsd));
  const costOf = (each: AttemptRecord): number => attemptCostsNanoUsd[attempts.indexOf(each)] ?? 0;
  const paid = result.segments ?? (counts === null ? [] : [counts]);
  const own = paid.reduce((sum, each) => sum + costOf(each), 0);
  const isError = outcomeOf(cause) === "error";
  const isFree = isError && (counts?.firstTokenMs ?? null) === null;
  return {
    call,
    attempts,
    counts,
    cause,
    costNanoUsd: isFree ? 0 : Math.min(own, reservedNanoUsd),
    excessNanoUsd: isFree ? 0 : Math.max(0, own - reservedNanoUsd),
    attemptCostsNanoUsd,
    wasted: wastedTokens(result, facts.handedShare ?? (cause === null ? 1 : 0)),
    isFree,
    isError,
    endedMs: facts.endedMs,
    endedWallMs: facts.endedWallMs,
  };
}

/** What budgets book of a call that had so much reserved. */
export function spentOf(
  { counts, costNanoUsd: cost, isFree }: Settlement,
  reserved: Amounts,
): Amounts {
  if (isFree || counts === null) return { ...nothing, nanoUsd: cost };
  const { usage, source } = counts.outcome.measured;
  if (source === "unknown") return { ...reserved, nanoUsd: cost };
  const cached = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  return { nanoUsd: cost, inputTokens: usage.input + cached, outputTokens: usage.output };
}

/** What an attempt costs the operator; all that was set aside for it where nobody knows. */
export function attemptCostNanoUsd(
  { price, outcome }: Pick<AttemptRecord, "price" | "outcome">,
  boundNanoUsd: number,
): number {
  const { usage, source } = outcome.measured;
  if (price === null) return 0;
  return source === "unknown" ? boundNanoUsd : costNanoUsd(usage, price);
}

/** By which line and band of the book an attempt is priced. */
const versionOf = ({ price, outcome }: AttemptRecord): string | null =>
  price === null ? null : pricedBy(outcome.measured.usage, price);

const noMeasuredUsage: MeasuredUsage = { usage: noUsage, source: "none" };

const measuredOf = (counts: AttemptRecord | null): MeasuredUsage =>
  counts?.outcome.measured ?? noMeasuredUsage;

/** The client gave up, or another attempt was quicker: no fault of the gateway or a provider. */
const endedCauses: ReadonlySet<Code> = new Set<Code>([
  "cancelled",
  "client_closed",
  "hedge_lost",
  "slow_reader",
]);

export function outcomeOf(cause: Code | null): RowOutcome {
  if (cause === null) return "ok";
  return endedCauses.has(cause) ? "cancelled" : "error";
}

/** The terminal rows of a call: its attempts in order, then the response's own. */
export function settlementRows(settlement: Settlement): LedgerRow[] {
  const rows = settlement.attempts.map((_, index) => attemptRow(settlement, index));
  rows.push(responseRow(settlement));
  return rows;
}

/** The terminal row of a call whose process died: nobody knows its usage, its money is spent. */
export function unknownRow(intent: IntentRow): LedgerRow {
  return {
    id: intent.id,
    attempt: 0,
    timeMs: intent.timeMs,
    subject: intent.subject,
    usage: noUsage,
    usageSource: "unknown",
    wastedTokens: null,
    costNanoUsd: intent.reserved.nanoUsd,
    latencyMs: 0,
    firstTokenMs: null,
    outcome: "unknown",
    cause: null,
    priceVersion: intent.priceVersion,
  };
}

/** What rows of summaries have in place of a way in (MON-5). */
export const summarySurface = "summary";

/** Who and what a row is about; `target` is where it was served, null when nowhere. */
export function subjectOf(
  call: Call,
  target: Pick<Target, "upstreamModel" | "provider" | "region"> | null,
): RowSubject {
  const { principal, attribution, request, choice, shortened } = call;
  const subject: RowSubject = {
    tenant: principal.tenant,
    team: principal.team,
    key: principal.keyId,
    user: attribution.user,
    session: attribution.session,
    agent: attribution.agent,
    surface: call.summaryOf === undefined ? request.surface : summarySurface,
    alias: request.read.facts.model,
    choice: choice === null ? null : choiceInWords(choice),
    leftOutMessages: shortened?.messages ?? 0,
    model: target?.upstreamModel ?? null,
    provider: target?.provider ?? null,
    region: target?.region ?? null,
  };
  return principal.tags === undefined ? subject : { ...subject, tags: principal.tags };
}

function responseRow(settlement: Settlement): LedgerRow {
  const { call, counts, cause } = settlement;
  // What costs the tenant nothing has no tokens of theirs either: those are the attempts'.
  const measured = settlement.isFree ? noMeasuredUsage : measuredOf(counts);
  return {
    id: call.id,
    attempt: 0,
    timeMs: settlement.endedWallMs,
    subject: subjectOf(call, counts?.target ?? null),
    usage: measured.usage,
    usageSource: measured.source,
    wastedTokens: settlement.isFree ? 0 : settlement.wasted.own,
    costNanoUsd: settlement.costNanoUsd,
    latencyMs: settlement.endedMs - call.arrivedMs,
    firstTokenMs: sinceOrNull(counts?.firstTokenMs ?? null, call.arrivedMs),
    outcome: outcomeOf(cause),
    cause,
    priceVersion: counts === null ? null : versionOf(counts),
  };
}

function attemptRow(settlement: Settlement, index: number): LedgerRow {
  const record = settlement.attempts[index];
  if (record === undefined) throw new RangeError(`No attempt ${index} in the settlement`);
  const { outcome, target } = record;
  const cause = attemptCause(record);
  return {
    id: settlement.call.id,
    attempt: index + 1,
    timeMs: settlement.endedWallMs,
    subject: subjectOf(settlement.call, target),
    usage: outcome.measured.usage,
    usageSource: outcome.measured.source,
    wastedTokens: settlement.wasted.attempts[index] ?? null,
    costNanoUsd: settlement.attemptCostsNanoUsd[index] ?? 0,
    latencyMs: record.endedMs - record.startedMs,
    firstTokenMs: sinceOrNull(record.firstTokenMs, record.startedMs),
    outcome: outcomeOf(cause),
    cause,
    priceVersion: versionOf(record),
  };
}

function attemptCause({ outcome }: AttemptRecord): Code | null {
  switch (outcome.kind) {
    case "complete":
      return null;
    case "failed":
      return outcome.failure.code;
    case "aborted":
      return outcome.cause;
  }
}

const sinceOrNull = (atMs: number | null, startMs: number): number | null =>
  atMs === null ? null : atMs - startMs;
