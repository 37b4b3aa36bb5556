import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue } from "@sekisho/lib/storage/writer.ts";
import { UsageTally, type UsageFigures } from "./usage-tally.ts";

/** Columns of the roll-ups by which figures can be grouped. */
export const usageGroups = [
  "tenant",
  "team",
  "key",
  "agent",
  "alias",
  "model",
  "provider",
  "region",
  "outcome",
] as const;
export type UsageGroup = (typeof usageGroups)[number];

export interface UsageQuery {
  readonly tenant: string | null;
  /** The tenant that does not count. */
  readonly without: string | null;
  readonly team: string | null;
  readonly key: string | null;
  readonly agent: string | null;
  readonly rangeMs: number;
  readonly nowMs: number;
  /** The start of a day, UTC, from which on nothing counts; null, the default: all does. */
  readonly untilMs?: number | null;
  readonly group: UsageGroup | null;
}

export interface UsageReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly totals: UsageFigures;
  readonly groups: readonly { readonly name: string; readonly figures: UsageFigures }[];
}

export const minuteMs = 60_000;
const minutesPerHour = 60;
const hoursPerDay = 24;

const summedColumns = [
  ...usageGroups,
  "requests",
  "input",
  "output",
  "wasted",
  "cached",
  "reasoning",
  "cost_nano_usd",
  "latency_us",
  "first_token_us",
].join(", ");

const conditions = `
  AND (?3 IS NULL OR tenant = ?3) AND (?4 IS NULL OR team = ?4)
  AND (?5 IS NULL OR key = ?5) AND (?6 IS NULL OR agent = ?6)
  AND (?7 IS NULL OR tenant <> ?7)`;

/**
 * One row of sums for each value of the expression. Only the first hour is read by the minute, and
 * the first day by the hour: a range ends now or with a day, and a day that is not over yet has a
 * roll-up like any other.
 */
const sumsBy = (group: string): string => `
  SELECT ${group} AS name,
    sum(requests) AS requests,
    sum(requests) FILTER (WHERE outcome = 'ok') AS ok,
    sum(requests) FILTER (WHERE outcome NOT IN ('ok', 'cancelled')) AS errors,
    sum(input) AS input,
    sum(output) AS output,
    sum(wasted) AS wasted,
    sum(cached) AS cached,
    sum(reasoning) AS reasoning,
    CAST(sum(cost_nano_usd) AS TEXT) AS cost_nano_usd,
    histogram_sum(latency_us) AS latency_us,
    histogram_sum(first_token_us) AS first_token_us
  FROM (
    SELECT ${summedColumns} FROM rollups
      WHERE minute >= ?1 AND minute < ?2 * ${minutesPerHour} ${conditions}
    UNION ALL
    SELECT ${summedColumns} FROM hour_rollups
      WHERE hour >= ?2 AND hour < ?8 * ${hoursPerDay} ${conditions}
    UNION ALL
    SELECT ${summedColumns} FROM day_rollups WHERE day >= ?8 AND day < ?9 ${conditions}
  ) GROUP BY name`;

/** Figures from roll-ups, summed by SQLite; single rows are never read (MON-14). */
export function queryUsage(reader: Reader, query: UsageQuery): UsageReport {
  const { group, nowMs, rangeMs, tenant, without, team, key, agent } = query;
  const firstMinute = Math.floor((nowMs - rangeMs) / minuteMs);
  const firstHour = Math.ceil(firstMinute / minutesPerHour);
  const firstDay = Math.ceil(firstHour / hoursPerDay);
  const who = [tenant, team, key, agent, without];
  const endMs = query.untilMs ?? Number.MAX_SAFE_INTEGER;
  const endDay = Math.floor(endMs / minuteMs / minutesPerHour / hoursPerDay);
  const params = [firstMinute, firstHour, ...who, firstDay, endDay];
  const rows = reader.all(sumsBy(group ?? "''"), params);
  const given = givenBy(reader, group, [firstMinute, Math.floor(endMs / minuteMs), ...who]);
  const totals = new UsageTally();
  for (const row of rows) totals.add(row);
  for (const each of given.values()) totals.addGiven(each);
  return {
    fromMs: firstMinute * minuteMs,
    toMs: Math.min(nowMs, endMs),
    totals: totals.figures(),
    groups: group === null ? [] : rows.map((row) => groupOf(row, given)).sort(byRequests),
  };
}

/** Answers that were given again, by the same groups. All of them have ended well. */
function givenBy(
  reader: Reader,
  group: UsageGroup | null,
  params: readonly SqlValue[],
): ReadonlyMap<string, Row> {
  const name = group === null ? "''" : group === "outcome" ? "'ok'" : group;
  const rows = reader.all(
    `SELECT ${name} AS name, sum(answers) AS answers, CAST(sum(nano_usd) AS TEXT) AS nano_usd
      FROM given_rollups WHERE minute >= ?1 AND minute < ?2 ${conditions} GROUP BY name`,
    params,
  );
  return new Map(rows.map((row) => [String(row["name"]), row]));
}

/** What was paid for the models of one kind. */
export interface ModelSpend {
  readonly name: string;
  readonly requests: number;
  readonly costNanoUsd: bigint;
}

/** Requests and money of all tenants but one since the start of an hour, UTC, the dearest first. */
export function querySpend(reader: Reader, sinceMs: number, without: string): ModelSpend[] {
  const rows = reader.all(
    `SELECT model AS name, sum(requests) AS requests, CAST(sum(cost_nano_usd) AS TEXT) AS cost
      FROM hour_rollups WHERE hour >= ?1 AND tenant <> ?2 GROUP BY model
      ORDER BY sum(cost_nano_usd) DESC, sum(requests) DESC, model`,
    [Math.floor(sinceMs / minuteMs / minutesPerHour), without],
  );
  return rows.map((row) => ({
    name: String(row["name"]),
    requests: Number(row["requests"]),
    costNanoUsd: BigInt(String(row["cost"])),
  }));
}

type UsageOfGroup = UsageReport["groups"][number];

function groupOf(row: Row, given: ReadonlyMap<string, Row>): UsageOfGroup {
  const tally = new UsageTally();
  tally.add(row);
  const own = given.get(String(row["name"]));
  if (own !== undefined) tally.addGiven(own);
  return { name: String(row["name"]), figures: tally.figures() };
}

export const byRequests = (a: UsageOfGroup, b: UsageOfGroup): number =>
  b.figures.requests - a.figures.requests || (a.name < b.name ? -1 : 1);
