import type { Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue } from "@sekisho/lib/storage/writer.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import type { LedgerRow } from "./ledger.ts";
import { microseconds } from "./microseconds.ts";

export interface UsageFigures {
  readonly requests: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of these, what no reader was handed. */
  readonly wastedTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly costNanoUsd: bigint;
  readonly averageLatencyMs: number;
  readonly p50LatencyMs: number;
  readonly p95LatencyMs: number;
  readonly p99LatencyMs: number;
  readonly averageFirstTokenMs: number;
  readonly p95FirstTokenMs: number;
  /** Calls that were given the answer of another one, and what that had cost. */
  readonly givenAnswers: number;
  readonly savedNanoUsd: bigint;
  /** Between 0 and 1; 1 when nothing was asked. Clients that left count as neither. */
  readonly successRate: number;
}

const noSums = {
  requests: 0,
  ok: 0,
  errors: 0,
  input: 0,
  output: 0,
  wasted: 0,
  cached: 0,
  reasoning: 0,
};

/** Adds up what `queryUsage` sums from roll-ups, or single calls as roll-ups count them. */
export class UsageTally {
  #sums = { ...noSums };
  #costNanoUsd = 0n;
  #givenAnswers = 0;
  #savedNanoUsd = 0n;
  readonly #latencyUs = new Histogram();
  readonly #firstTokenUs = new Histogram();

  add(row: Row): void {
    this.#sums.requests += Number(row["requests"]);
    this.#sums.ok += Number(row["ok"]);
    this.#sums.errors += Number(row["errors"]);
    this.#sums.input += Number(row["input"]);
    this.#sums.output += Number(row["output"]);
    this.#sums.wasted += Number(row["wasted"]);
    this.#sums.cached += Number(row["cached"]);
    this.#sums.reasoning += Number(row["reasoning"]);
    this.#costNanoUsd += BigInt(String(row["cost_nano_usd"]));
    mergeBlob(this.#latencyUs, row["latency_us"]);
    mergeBlob(this.#firstTokenUs, row["first_token_us"]);
  }

  /** By the row of its response. */
  addCall({ outcome, usage, subject: { given }, ...row }: LedgerRow): void {
    this.#sums.requests += 1;
    if (outcome === "ok") this.#sums.ok += 1;
    else if (outcome !== "cancelled") this.#sums.errors += 1;
    this.#sums.input += usage.input;
    this.#sums.output += usage.output;
    this.#sums.wasted += row.wastedTokens ?? 0;
    this.#sums.cached += usage.cacheRead;
    this.#sums.reasoning += usage.reasoning;
    this.#costNanoUsd += BigInt(row.costNanoUsd);
    if (outcome !== "unknown") this.#latencyUs.record(microseconds(row.latencyMs));
    if (row.firstTokenMs !== null) this.#firstTokenUs.record(microseconds(row.firstTokenMs));
    if (given === undefined) return;
    this.#givenAnswers += 1;
    this.#savedNanoUsd += BigInt(given.nanoUsd);
  }

  addGiven(row: Row): void {
    this.#givenAnswers += Number(row["answers"]);
    this.#savedNanoUsd += BigInt(String(row["nano_usd"]));
  }

  figures(): UsageFigures {
    const { requests, ok, errors } = this.#sums;
    return {
      requests,
      errors,
      inputTokens: this.#sums.input,
      outputTokens: this.#sums.output,
      wastedTokens: this.#sums.wasted,
      cachedTokens: this.#sums.cached,
      reasoningTokens: this.#sums.reasoning,
      costNanoUsd: this.#costNanoUsd,
      givenAnswers: this.#givenAnswers,
      savedNanoUsd: this.#savedNanoUsd,
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
