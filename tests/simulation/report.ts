import { createHash } from "node:crypto";
import { Sometimes } from "./base/sometimes.ts";
import { rarePaths } from "./base/sometimes.data.ts";
import type { WorldOutcome } from "./world.ts";

/** What a run of many seeds came to. */
export class Report {
  readonly sometimes = new Sometimes();
  readonly failures: WorldOutcome[] = [];
  /** Seeds that took another course when they were played again. */
  readonly unstable: number[] = [];
  readonly #hash = createHash("sha256");
  readonly #startedMs = performance.now();
  seeds = 0;
  replayed = 0;
  requests = 0;
  steps = 0;
  virtualMs = 0;

  add(outcome: WorldOutcome): void {
    this.seeds += 1;
    this.requests += outcome.requests;
    this.steps += outcome.steps;
    this.virtualMs += outcome.virtualMs;
    this.sometimes.add(outcome.sometimes);
    this.#hash.update(outcome.traceHash);
    if (outcome.violation !== null) this.failures.push(outcome);
  }

  addReplay(first: WorldOutcome, again: WorldOutcome): void {
    this.replayed += 1;
    this.virtualMs += again.virtualMs;
    if (first.traceHash !== again.traceHash) this.unstable.push(first.seed);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** How much faster than the real world. */
  get factor(): number {
    return this.virtualMs / this.elapsedMs;
  }

  figures(): Figures {
    return {
      seeds: this.seeds,
      failed: this.failures.map(({ seed, violation }) => ({
        seed,
        violation: violation?.message ?? "",
      })),
      replayed: this.replayed,
      unstable: this.unstable,
      requests: this.requests,
      steps: this.steps,
      virtualSeconds: Math.round(this.virtualMs / 1_000),
      seconds: Number((this.elapsedMs / 1_000).toFixed(1)),
      timesRealTime: Math.round(this.factor),
      seedsPerSecond: Number((this.seeds / (this.elapsedMs / 1_000)).toFixed(1)),
      traceHash: this.#hash.copy().digest("hex"),
      reached: Object.fromEntries(this.sometimes.table),
      never: this.sometimes.never,
    };
  }
}

/** The same for programs. */
export interface Figures {
  readonly seeds: number;
  readonly failed: readonly { readonly seed: number; readonly violation: string }[];
  readonly replayed: number;
  readonly unstable: readonly number[];
  readonly requests: number;
  readonly steps: number;
  readonly virtualSeconds: number;
  readonly seconds: number;
  readonly timesRealTime: number;
  readonly seedsPerSecond: number;
  readonly traceHash: string;
  readonly reached: Readonly<Record<string, number>>;
  readonly never: readonly string[];
}

const grouped = (value: number): string => value.toLocaleString("en-US");

/** For people. */
export function describe(figures: Figures, withPaths: boolean): string {
  const { seeds, failed, replayed, unstable, requests, steps, seconds } = figures;
  const same = replayed - unstable.length;
  const lines = [
    `${seeds} seeds, ${failed.length} failed: ${grouped(requests)} requests, ` +
      `${grouped(steps)} steps, ${grouped(figures.virtualSeconds)} virtual seconds`,
    `${seconds} s, ${figures.seedsPerSecond} seeds/s, ${figures.timesRealTime} x real time`,
    `${same} of ${replayed} seeds that were played twice took the same course`,
    `trace ${figures.traceHash}`,
  ];
  if (!withPaths) return lines.join("\n");
  const width = Math.max(...Object.keys(rarePaths).map(({ length }) => length));
  const table = Object.entries(figures.reached).map(
    ([path, count]) => `  ${path.padEnd(width)} ${grouped(count).padStart(8)}`,
  );
  return [...lines, "", "sometimes", ...table].join("\n");
}
