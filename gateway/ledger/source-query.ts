import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { dayMs } from "./ledger-days.ts";
import { firstPlaceSince, lastPlace, readCalls } from "./ledger-query.ts";
import type { LedgerRow } from "./ledger.ts";
import { byRequests, minuteMs, type UsageQuery, type UsageReport } from "./usage-query.ts";
import { UsageTally } from "./usage-tally.ts";

export type SourceQuery = Omit<UsageQuery, "group">;

/** Figures by where the usage of calls is from: `reported`, `estimated`, `unknown`, `none`. */
export interface SourceReport extends UsageReport {
  /** Calls with a usage that had no price, and so cost nothing. */
  readonly unpriced: number;
}

interface Reading {
  /** Lets others have their turn between two reads. */
  readonly pause: () => Promise<void>;
  /** Is somebody there yet who wants it? Nothing more is read otherwise. */
  readonly isWanted: () => boolean;
}

/** Some seconds of reading with pauses; a command waits for 30 s. */
const maxCalls = 500_000;

/**
 * Figures of single rows, counted as `queryUsage` counts: no roll-up has the source, which would
 * cost each call in the writer's thread. Begins behind the days that are dropped. Throws Failure
 * `invalid_value` where more than 500,000 calls stand in the range.
 */
export async function queryUsageBySource(
  reader: Reader,
  query: SourceQuery,
  { pause, isWanted }: Reading,
): Promise<SourceReport> {
  const { nowMs, rangeMs, tenant, key, untilMs = null } = query;
  const toMs = Math.min(nowMs, untilMs ?? nowMs);
  const askedMs = Math.floor((nowMs - rangeMs) / minuteMs) * minuteMs;
  const fromMs = Math.max(askedMs, Math.min(keptFromMs(reader), toMs));
  const count = lastPlace(reader) - firstPlaceSince(reader, fromMs) + 1;
  if (count > maxCalls) throw tooMany(count);
  const asked = { tenant, key, user: null, session: null };
  const totals = new UsageTally();
  const sources = new Map<string, UsageTally>();
  let unpriced = 0;
  const span = { sinceMs: fromMs, untilMs, after: null };
  for await (const calls of readCalls(reader, { ...asked, ...span }, pause)) {
    if (!isWanted()) break;
    for (const { rows } of calls) {
      const response = rows[0];
      if (response === undefined || !counts(response, query)) continue;
      const tally = sources.get(response.usageSource) ?? new UsageTally();
      sources.set(response.usageSource, tally);
      tally.addCall(response);
      totals.addCall(response);
      if (isUnpriced(response)) unpriced += 1;
    }
  }
  const groups = [...sources].map(([name, tally]) => ({ name, figures: tally.figures() }));
  return { fromMs, toMs, totals: totals.figures(), groups: groups.sort(byRequests), unpriced };
}

const counts = (
  { subject }: LedgerRow,
  { without, team, agent }: Pick<SourceQuery, "without" | "team" | "agent">,
): boolean =>
  subject.tenant !== without &&
  (team === null || (subject.team ?? "") === team) &&
  (agent === null || (subject.agent ?? "") === agent);

const isUnpriced = ({ priceVersion, usageSource, subject }: LedgerRow): boolean =>
  priceVersion === null && usageSource !== "none" && subject.given === undefined;

/** The end of the newest day whose calls are, or are being, taken out; 0 where none is. */
function keptFromMs(reader: Reader): number {
  const dropped = reader.get("SELECT max(day) AS day FROM ledger_days WHERE is_dropped = 1");
  const day = dropped?.["day"] ?? null;
  return day === null ? 0 : (Number(day) + 1) * dayMs;
}

const tooMany = (count: number): Failure<Code> =>
  new Failure<Code>(
    "invalid_value",
    `Cannot split by source: up to ${count} calls are in or behind that range, ` +
      `limit ${maxCalls}; ask for a shorter range, or for an export`,
    { param: "range" },
  );
