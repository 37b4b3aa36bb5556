import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { MeasuredUsage } from "../usage.ts";
import type { LedgerRow, RowGiven, RowOutcome, RowSubject } from "./ledger.ts";

/** The rows of one call as they are stored: names of people apart, all else in one document. */
export interface StoredCall {
  /** What all rows share, then the rows: see the view `ledger`. */
  readonly about: string;
  readonly user: string | null;
  readonly session: string | null;
}

type Who = readonly [
  tenant: string,
  team: string | null,
  key: string,
  agent: string | null,
  surface: string,
  alias: string,
];

/** What most calls have not is not stored: a choice, messages left out, another's answer, tags. */
type Shared =
  | Who
  | readonly [...who: Who, choice: string]
  | readonly [...who: Who, choice: string | null, leftOutMessages: number, given?: Given]
  | readonly [
      ...who: Who,
      choice: string | null,
      leftOutMessages: number,
      given: Given | null,
      tags: readonly string[],
    ];

type Given = readonly [
  kind: RowGiven["kind"],
  nanoUsd: number,
  inputTokens: number,
  outputTokens: number,
];

type Attempt = readonly [
  attempt: number,
  model: string | null,
  provider: string | null,
  region: string | null,
  input: number,
  output: number,
  cacheRead: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
  reasoning: number,
  usageSource: MeasuredUsage["source"],
  costNanoUsd: number,
  latencyMs: number,
  firstTokenMs: number | null,
  outcome: RowOutcome,
  cause: string | null,
  priceVersion: string | null,
  /** Absent in calls of before it was kept. */
  wastedTokens?: number | null,
];

/** What tells an attempt from the response that it came to: most calls have one, which did. */
type Brief = readonly [attempt: number, latencyMs: number, firstTokenMs: number | null];

/** The response's is whole and, where one is brief, the last. */
type About = readonly [shared: Shared, attempts: readonly (Attempt | Brief)[]];

export function storedCall(rows: readonly LedgerRow[], subject: RowSubject): StoredCall {
  const { tenant, team, key, user, session, agent, surface, alias } = subject;
  const who: Who = [tenant, team, key, agent, surface, alias];
  const response = rows.at(-1);
  const attempts = rows.map((row) =>
    row !== response && response !== undefined && isLike(row, response)
      ? briefOf(row)
      : attemptOf(row),
  );
  const about: About = [sharedOf(who, subject), attempts];
  return { about: JSON.stringify(about), user, session };
}

function sharedOf(who: Who, { choice, leftOutMessages, given, tags }: RowSubject): Shared {
  if (tags !== undefined) {
    return [...who, choice, leftOutMessages, given === undefined ? null : storedGiven(given), tags];
  }
  if (given !== undefined) return [...who, choice, leftOutMessages, storedGiven(given)];
  if (leftOutMessages > 0) return [...who, choice, leftOutMessages];
  return choice === null ? who : [...who, choice];
}

const storedGiven = ({ kind, nanoUsd, inputTokens, outputTokens }: RowGiven): Given => [
  kind,
  nanoUsd,
  inputTokens,
  outputTokens,
];

const isLike = (a: LedgerRow, b: LedgerRow): boolean =>
  a.subject.model === b.subject.model &&
  a.subject.provider === b.subject.provider &&
  a.subject.region === b.subject.region &&
  (a.usage === b.usage || isSameUsage(a.usage, b.usage)) &&
  a.usageSource === b.usageSource &&
  a.costNanoUsd === b.costNanoUsd &&
  a.outcome === b.outcome &&
  a.cause === b.cause &&
  a.priceVersion === b.priceVersion &&
  a.wastedTokens === b.wastedTokens;

const isSameUsage = (a: Usage, b: Usage): boolean =>
  a.input === b.input &&
  a.output === b.output &&
  a.cacheRead === b.cacheRead &&
  a.cacheWrite5m === b.cacheWrite5m &&
  a.cacheWrite1h === b.cacheWrite1h &&
  a.reasoning === b.reasoning;

/** To the microsecond, as roll-ups count: a difference of two clocks has ten digits more. */
const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;

const briefOf = ({ attempt, latencyMs, firstTokenMs }: LedgerRow): Brief => [
  attempt,
  rounded(latencyMs),
  firstTokenMs === null ? null : rounded(firstTokenMs),
];

const attemptOf = (row: LedgerRow): Attempt => [
  row.attempt,
  row.subject.model,
  row.subject.provider,
  row.subject.region,
  row.usage.input,
  row.usage.output,
  row.usage.cacheRead,
  row.usage.cacheWrite5m,
  row.usage.cacheWrite1h,
  row.usage.reasoning,
  row.usageSource,
  row.costNanoUsd,
  rounded(row.latencyMs),
  row.firstTokenMs === null ? null : rounded(row.firstTokenMs),
  row.outcome,
  row.cause,
  row.priceVersion,
  row.wastedTokens,
];

/** The rows of a call, the response's own first, then its attempts. */
export function rowsOfCall(row: Row): LedgerRow[] {
  // Written by this file alone, in this shape.
  const [shared, attempts] = JSON.parse(String(row["about"])) as About;
  const [tenant, team, key, agent, surface, alias, choice = null, ...more] = shared;
  const [leftOutMessages = 0, given = null, tags] = more;
  const user = textOf(row["user"]);
  const session = textOf(row["session"]);
  const call = { id: String(row["id"]), timeMs: Number(row["time_ms"]) };
  const subject = { tenant, team, key, user, session, agent, surface, alias };
  const marked = tags === undefined ? {} : { tags };
  const who = { ...subject, choice, leftOutMessages, ...givenOf(given), ...marked };
  const last = attempts.at(-1);
  if (last === undefined || isBrief(last)) throw new Error(`Call ${call.id} has no response's row`);
  const response = wholeRowOf(last, who);
  return attempts
    .map((each) => ({ ...call, ...rowOf(each, response) }))
    .sort((a, b) => a.attempt - b.attempt);
}

function givenOf(stored: Given | null): Pick<RowSubject, "given"> {
  if (stored === null) return {};
  const [kind, nanoUsd, inputTokens, outputTokens] = stored;
  return { given: { kind, nanoUsd, inputTokens, outputTokens } };
}

function rowOf(stored: Attempt | Brief, response: Stored): Stored {
  if (!isBrief(stored)) return wholeRowOf(stored, response.subject);
  const [attempt, latencyMs, firstTokenMs] = stored;
  return { ...response, attempt, latencyMs, firstTokenMs };
}

const isBrief = (stored: Attempt | Brief): stored is Brief => stored.length === 3;

const textOf = (value: Row[string] | undefined): string | null =>
  typeof value === "string" ? value : null;

type Subject = Omit<RowSubject, "model" | "provider" | "region">;

type Stored = Omit<LedgerRow, "id" | "timeMs">;

function wholeRowOf(stored: Attempt, who: Subject): Stored {
  const [attempt, model, provider, region, ...measured] = stored;
  const [input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning, ...rest] = measured;
  const [usageSource, costNanoUsd, latencyMs, firstTokenMs, outcome, ...end] = rest;
  const [cause, priceVersion, wasted = null] = end;
  return {
    attempt,
    subject: { ...who, model, provider, region },
    usage: { input, output, cacheRead, cacheWrite5m, cacheWrite1h, reasoning },
    usageSource,
    wastedTokens: wasted,
    costNanoUsd,
    latencyMs,
    firstTokenMs,
    outcome,
    cause,
    priceVersion,
  };
}
