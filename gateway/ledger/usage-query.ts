import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue } from "@sekisho/lib/storage/writer.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";

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
  readonly team: string | null;
  readonly key: string | null;
  readonly agent: string | null;
  readonly rangeMs: number;
  readonly nowMs: number;
  readonly group: UsageGroup | null;
}

export interface UsageFigures {
  readonly requests: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly costNanoUsd: bigint;
  readonly averageLatencyMs: number;
  readonly p50LatencyMs: number;
  readonly p95LatencyMs: number;
  readonly p99LatencyMs: number;
  readonly averageFirstTokenMs: number;
  readonly p95FirstTokenMs: number;
  /** Between 0 and 1; 1 when nothing was asked. Clients that left count as neither. */
  readonly successRate: number;
}

export interface UsageReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly totals: UsageFigures;
  readonly groups: readonly { readonly name: string; readonly figures: UsageFigures }[];
}

const minuteMs = 60_000;
const filters = ["tenant", "team", "key", "agent"] as const;

/** Figures over the minute roll-ups; single rows are never read (MON-14). */
export function queryUsage(reader: Reader, query: UsageQuery): UsageReport {
  const fromMs = Math.floor((query.nowMs - query.rangeMs) / minuteMs) * minuteMs;
  const conditions = ["minute >= ?"];
  const params: SqlValue[] = [fromMs / minuteMs];
  for (const column of filters) {
    const wanted = query[column];
    if (wanted === null) continue;
    conditions.push(`${column} = ?`);
    params.push(wanted);
  }
  const rows = reader.all(`SELECT * FROM rollups WHERE ${conditions.join(" AND ")}`, params);
  const totals = new Tally();
  const groups = new Map<string, Tally>();
  for (const row of rows) {
    totals.add(row);
    if (query.group !== null) tallyOf(groups, String(row[query.group])).add(row);
  }
  return {
    fromMs,
    toMs: query.nowMs,
    totals: totals.figures(),
    groups: [...groups]
      .map(([name, tally]) => ({ name, figures: tally.figures() }))
      .sort((a, b) => b.figures.requests - a.figures.requests || (a.name < b.name ? -1 : 1)),
  };
}

function tallyOf(groups: Map<string, Tally>, name: string): Tally {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const fresh = new Tally();
  groups.set(name, fresh);
  return fresh;
}

class Tally {
  #sums = { requests: 0, ok: 0, errors: 0, input: 0, output: 0, cached: 0, reasoning: 0 };
  #costNanoUsd = 0n;
  readonly #latencyUs = new Histogram();
  readonly #firstTokenUs = new Histogram();

  add(row: Row): void {
    const requests = Number(row["requests"]);
    this.#sums.requests += requests;
    if (row["outcome"] === "ok") this.#sums.ok += requests;
    else if (row["outcome"] !== "cancelled") this.#sums.errors += requests;
    this.#sums.input += Number(row["input"]);
    this.#sums.output += Number(row["output"]);
    this.#sums.cached += Number(row["cached"]);
    this.#sums.reasoning += Number(row["reasoning"]);
    this.#costNanoUsd += BigInt(Number(row["cost_nano_usd"]));
    mergeBlob(this.#latencyUs, row["latency_us"]);
    mergeBlob(this.#firstTokenUs, row["first_token_us"]);
  }

  figures(): UsageFigures {
    const { requests, ok, errors } = this.#sums;
    return {
      requests,
      errors,
      inputTokens: this.#sums.input,
      outputTokens: this.#sums.output,
      cachedTokens: this.#sums.cached,
      reasoningTokens: this.#sums.reasoning,
      costNanoUsd: this.#costNanoUsd,
      averageLatencyMs: meanMs(this.#latencyUs),
      p50LatencyMs: this.#latencyUs.quantile(0.5) / 1_000,
      p95LatencyMs: this.#latencyUs.quantile(0.95) / 1_000,
      p99LatencyMs: this.#latencyUs.quantile(0.99) / 1_000,
      averageFirstTokenMs: meanMs(this.#firstTokenUs),
      p95FirstTokenMs: this.#firstTokenUs.quantile(0.95) / 1_000,
      successRate: ok + errors === 0 ? 1 : ok / (ok + errors),
    };
  }
}

function mergeBlob(histogram: Histogram, blob: SqlValue | undefined): void {
  if (blob instanceof Uint8Array) histogram.mergeBytes(blob);
}

const meanMs = (histogram: Histogram): number =>
  histogram.count === 0 ? 0 : histogram.sum / histogram.count / 1_000;
