import type { Reader, Row } from "@sekisho/lib/storage/reader.ts";
import type { SqlValue, Write } from "@sekisho/lib/storage/writer.ts";
import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";
import { armOf, type ArmRef } from "../../split.ts";
import { armOutcomes, type ArmOutcome } from "@sekisho/wire/admin/splits.ts";
import { armClassOf, faults } from "../../arm-class.ts";
import type {
  ArmBooks,
  ArmFigures,
  ArmQuery,
  CountedPhase,
  EndedArmCall,
  LostArmCall,
  Percentiles,
} from "../arm-books.ts";
import type { SplitCounts } from "../judge-split.ts";
import type { ArmCounts } from "../over-limit.ts";

const keys = ["second", "split", "phase", "arm", "class"];
const sums = ["requests", "input", "output", "cost_nano_usd", "answered", "failed"];
const histograms = ["latency_us", "first_token_us"];
const columns = [...keys, ...sums, ...histograms];
const addSql = `INSERT INTO arm_additions (${columns.join(", ")})
  VALUES (${columns.map(() => "?").join(", ")})`;

const windowSql = `SELECT arm, sum(answered) AS answered, sum(failed) AS failed FROM arm_seconds
  WHERE split = ? AND phase = ? AND second > ? GROUP BY arm`;
const phaseSql = "SELECT arm, answered, failed FROM arm_phases WHERE split = ? AND phase = ?";

const figures = ["requests", "input", "output", "cost_nano_usd", ...histograms];
const read = `arm, class, ${figures.join(", ")}`;
const summed = `SELECT arm, class, sum(requests) AS requests, sum(input) AS input,
    sum(output) AS output, CAST(sum(cost_nano_usd) AS TEXT) AS cost_nano_usd,
    histogram_sum(latency_us) AS latency_us, histogram_sum(first_token_us) AS first_token_us`;
const totalSql = `${summed} FROM arm_totals WHERE split = ?1 GROUP BY arm, class`;
/** The first hour by the minute, all others whole. */
const sinceSql = `${summed} FROM (
    SELECT ${read} FROM arm_minutes WHERE split = ?1 AND minute >= ?2 AND minute < ?3 * 60
    UNION ALL
    SELECT ${read} FROM arm_hours WHERE split = ?1 AND hour >= ?3
  ) GROUP BY arm, class`;

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
/** The longest window, and the longest ranges that people ask for. */
const keptMs = { arm_seconds: 2 * hourMs, arm_minutes: 48 * hourMs, arm_hours: 62 * 24 * hourMs };

/** Figures of arms in tables `arm_seconds` to `arm_totals`, which one insert adds to. */
export class SqliteArmBooks implements ArmBooks {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  ended(ended: EndedArmCall): readonly Write[] {
    const { call, counts, costNanoUsd, endedMs, endedWallMs: timeMs } = ended;
    const arm = armOf(call.choice);
    if (arm === null) return [];
    const { usage } = counts?.outcome.measured ?? { usage: null };
    const firstMs = counts?.firstTokenMs ?? null;
    const outcome = armClassOf(ended);
    return [
      addition(arm, {
        timeMs,
        class: outcome,
        tokens: [usage?.input ?? 0, usage?.output ?? 0],
        costNanoUsd,
        latencyMs: outcome === "given" ? null : endedMs - call.arrivedMs,
        firstTokenMs: firstMs === null ? null : firstMs - call.arrivedMs,
      }),
    ];
  }

  lost({ arm, timeMs, costNanoUsd }: LostArmCall): Write {
    const unmeasured = { tokens: [0, 0], latencyMs: null, firstTokenMs: null } as const;
    return addition(arm, { timeMs, class: "lost", costNanoUsd, ...unmeasured });
  }

  counts({ split, phase, windowMs, nowMs }: CountedPhase): SplitCounts {
    const after = Math.floor((nowMs - windowMs) / secondMs);
    return {
      window: countsOf(this.#reader.all(windowSql, [split, phase, after])),
      phase: countsOf(this.#reader.all(phaseSql, [split, phase])),
    };
  }

  figures({ split, sinceMs }: ArmQuery): readonly ArmFigures[] {
    const rows =
      sinceMs === null
        ? this.#reader.all(totalSql, [split])
        : this.#reader.all(sinceSql, [
            split,
            Math.floor(sinceMs / minuteMs),
            Math.ceil(sinceMs / hourMs),
          ]);
    const arms = [...new Set(rows.map((row) => String(row["arm"])))].toSorted();
    return arms.map((arm) =>
      figuresOf(
        arm,
        rows.filter((row) => row["arm"] === arm),
      ),
    );
  }

  forgetOld(nowMs: number): readonly Write[] {
    const olderThan = (ms: number, unitMs: number): number => Math.floor((nowMs - ms) / unitMs);
    const { arm_seconds: seconds, arm_minutes: minutes, arm_hours: hours } = keptMs;
    return [
      {
        sql: "DELETE FROM arm_seconds WHERE second < ?",
        params: [olderThan(seconds, secondMs)],
      },
      {
        sql: "DELETE FROM arm_minutes WHERE minute < ?",
        params: [olderThan(minutes, minuteMs)],
      },
      { sql: "DELETE FROM arm_hours WHERE hour < ?", params: [olderThan(hours, hourMs)] },
    ];
  }
}

interface Addition {
  readonly timeMs: number;
  readonly class: ArmOutcome;
  readonly tokens: readonly [input: number, output: number];
  readonly costNanoUsd: number;
  readonly latencyMs: number | null;
  readonly firstTokenMs: number | null;
}

function addition({ split, arm, phase }: ArmRef, of: Addition): Write {
  const key = [Math.floor(of.timeMs / secondMs), split, phase, arm, of.class];
  const isFault = faults.has(of.class);
  const params: SqlValue[] = [
    ...key,
    1,
    ...of.tokens,
    of.costNanoUsd,
    of.class === "answered" ? 1 : 0,
    isFault ? 1 : 0,
    microseconds(of.latencyMs),
    microseconds(of.firstTokenMs),
  ];
  return {
    sql: addSql,
    params,
    fold: {
      key: `arm:${key.join("\u0000")}`,
      from: keys.length,
      samples: keys.length + sums.length,
    },
  };
}

const microseconds = (ms: number | null): number | null =>
  ms === null ? null : Math.round(ms * 1_000);

const countsOf = (rows: readonly Row[]): ReadonlyMap<string, ArmCounts> =>
  new Map(
    rows.map((row) => [
      String(row["arm"]),
      { answered: Number(row["answered"]), failed: Number(row["failed"]) },
    ]),
  );

function figuresOf(arm: string, rows: readonly Row[]): ArmFigures {
  const sum = (column: string): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  const merged = (column: string): Percentiles => {
    const histogram = new Histogram();
    for (const row of rows) {
      const bytes = row[column];
      if (bytes instanceof Uint8Array) histogram.mergeBytes(bytes);
    }
    return percentilesOf(histogram);
  };
  const countOf = (name: ArmOutcome): number =>
    Number(rows.find((row) => row["class"] === name)?.["requests"] ?? 0);
  return {
    arm,
    requests: sum("requests"),
    // Each class is there exactly once.
    classes: Object.fromEntries(armOutcomes.map((name) => [name, countOf(name)])) as Record<
      ArmOutcome,
      number
    >,
    inputTokens: sum("input"),
    outputTokens: sum("output"),
    costNanoUsd: rows.reduce((total, row) => total + BigInt(String(row["cost_nano_usd"])), 0n),
    firstToken: merged("first_token_us"),
    latency: merged("latency_us"),
  };
}

const percentilesOf = (histogram: Histogram): Percentiles => ({
  count: histogram.count,
  averageMs: histogram.count === 0 ? 0 : histogram.sum / histogram.count / 1_000,
  p50Ms: histogram.quantile(0.5) / 1_000,
  p95Ms: histogram.quantile(0.95) / 1_000,
  p99Ms: histogram.quantile(0.99) / 1_000,
});
