import type { Parsed } from "../result.ts";
import { readAskedRange } from "./_asked-range.ts";
import type { CalendarRange } from "./calendar-range.ts";
import { readQuery, refuseParam } from "./_query.ts";

/** Nano-USD: a number up to 2^53, a decimal string beyond. */
export type NanoUsdJson = number | string;

export const nanoUsdJson = (nanoUsd: bigint): NanoUsdJson =>
  nanoUsd <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(nanoUsd) : nanoUsd.toString();

export interface UsageFiguresView {
  readonly requests: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of these, what no reader was handed before its call ended. */
  readonly wastedTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly costNanoUsd: NanoUsdJson;
  /** Calls that were given the answer of another one, as a share of all, between 0 and 1. */
  readonly cacheHitRate: number;
  /** How many, and what those answers had cost. */
  readonly givenAnswers: number;
  readonly savedNanoUsd: NanoUsdJson;
  readonly averageLatencyMs: number;
  readonly p50LatencyMs: number;
  readonly p95LatencyMs: number;
  readonly p99LatencyMs: number;
  readonly averageFirstTokenMs: number;
  readonly p95FirstTokenMs: number;
  /** Between 0 and 1. */
  readonly successRate: number;
}

/** `GET /admin/usage`. Times are RFC 3339. */
export interface UsageView {
  readonly from: string;
  readonly to: string;
  readonly group: UsageGroup | null;
  /** The tenant of active probes, left out where neither a tenant nor a key was asked for. */
  readonly without: string | null;
  readonly totals: UsageFiguresView;
  /** The largest first; empty when no group was asked for. */
  readonly groups: readonly { readonly name: string; readonly figures: UsageFiguresView }[];
  /** Calls that had no price, and so cost nothing; null where the split is not by source. */
  readonly unpriced: number | null;
}

/** By what figures can be split. */
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
  // Of single rows, all others of roll-ups.
  "source",
] as const;
export type UsageGroup = (typeof usageGroups)[number];

/** How far back figures can reach, in milliseconds. */
export const usageRanges = {
  "1h": 3_600_000,
  "24h": 24 * 3_600_000,
  "7d": 7 * 24 * 3_600_000,
  "30d": 30 * 24 * 3_600_000,
} as const;
export type UsageRange = keyof typeof usageRanges;

/** Of single rows: as far back as there are any, too. */
export const rowRanges = { ...usageRanges, all: null } as const;
export type RowRange = keyof typeof rowRanges;

export interface UsageQueryView {
  readonly tenant: string | null;
  readonly team: string | null;
  readonly key: string | null;
  readonly agent: string | null;
  readonly range: UsageRange | CalendarRange;
  readonly group: UsageGroup | null;
}

const known: readonly string[] = ["tenant", "team", "key", "agent", "range", "group"];

/** Names of people stand in single rows alone, where they can be erased. */
export const insteadOf = (group: string | null): string =>
  group === "user" || group === "session"
    ? `; an export has the ${group} of each call, totals have none`
    : "";

/** Reads the query of `GET /admin/usage`, the raw text behind "?". The default range is 24 h. */
export function parseUsageQuery(query: string): Parsed<UsageQueryView, "invalid_value"> {
  const read = readQuery(query, known);
  if (!read.ok) return read;
  const text = (param: string): string | null => read.value.get(param) ?? null;
  const range = readAskedRange(read.value.get("range"), usageRanges, "24h");
  if (!range.ok) return range;
  const wanted = text("group");
  const group = usageGroups.find((name) => name === wanted) ?? null;
  if (group !== wanted) {
    return refuseParam("group", `must be one of ${usageGroups.join(", ")}${insteadOf(wanted)}`);
  }
  const [tenant, team, key, agent] = [text("tenant"), text("team"), text("key"), text("agent")];
  return { ok: true, value: { tenant, team, key, agent, range: range.value, group } };
}
