import type { CandidateName } from "./candidate.ts";
import { median } from "./samples.ts";

export const testNames = [
  "json",
  "json10k",
  "burst",
  "paced",
  "lat",
  "ttft",
  "cache",
  "cachelat",
  "replay",
  "replaylat",
  "translated",
  "converse",
  "messages",
  "sign",
  "hold",
  "start",
] as const;
export type TestName = (typeof testNames)[number];

/** Times in microseconds unless the name says otherwise; memory in MB; shares of one core. */
export type FigureName =
  | "errors"
  | "cpuMicros"
  | "perSecond"
  | "cpuShare"
  | "loadShare"
  | "latencyP50"
  | "latencyP99"
  | "firstEventP50"
  | "firstEventP99"
  | "gapP99"
  | "streams"
  | "idleMb"
  | "mbPer1000"
  | "firstPeakMb"
  | "secondPeakMb"
  | "readyMs";

export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** Every round of every test, in the order in which they were run. */
export type Results = Partial<Record<TestName, Partial<Record<CandidateName, Figures[]>>>>;

export interface Place {
  readonly test: TestName;
  readonly candidate: CandidateName;
}

export function addFigures(results: Results, place: Place, figures: Figures): void {
  const ofTest = (results[place.test] ??= {});
  (ofTest[place.candidate] ??= []).push(figures);
}

/** The median over the rounds, the sum for errors; NaN when it was not measured. */
export function figure(results: Results, place: Place, name: FigureName): number {
  const rounds = results[place.test]?.[place.candidate] ?? [];
  const values = rounds.map((round) => round[name] ?? Number.NaN);
  if (name === "errors" && values.length > 0) return values.reduce((sum, value) => sum + value);
  return median(values);
}

/** How much more one candidate needs than another in the same run; NaN when one is missing. */
export function ratio(
  results: Results,
  place: Place & { readonly to: CandidateName },
  name: FigureName,
): number {
  const other = figure(results, { test: place.test, candidate: place.to }, name);
  return figure(results, place, name) / other;
}
