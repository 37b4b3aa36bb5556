import { setTimeout as sleep } from "node:timers/promises";
import type { Candidate } from "./candidate.ts";
import type { LoadResult } from "./load-run.ts";
import { runLoad, type LoadBench } from "./run-load.ts";
import type { RunningProgram } from "./pinned-processes.ts";
import { openFilesLimit, rssMb } from "./process-tree.ts";
import type { Figures } from "./results.ts";
import type { Workload } from "./workloads.ts";

export interface HoldPlan {
  readonly streams: number;
  readonly behaviour: "hold" | "holdShort";
  readonly expectEvents: number;
}

export interface HeldCandidate {
  readonly candidate: Candidate;
  /** Just started. */
  readonly program: RunningProgram;
}

export interface HoldOutcome {
  readonly figures: Figures;
  readonly trouble: string | undefined;
}

/** New streams per second while a wave builds up. */
const STREAMS_PER_SECOND = 3300;
const WAVE_WITHIN_MS = 40_000;
const SETTLE_MS = 1000;
/** Files that a gateway has open besides its streams' sockets. */
const SPARE_FILES = 500;

/** As many streams as wanted, or as the limit of open files lets a gateway hold (two each). */
export function streamsWithin(wanted: number): { streams: number; shortage: string | undefined } {
  const files = openFilesLimit();
  const streams = Math.min(wanted, Math.floor((files - SPARE_FILES) / 2));
  const shortage =
    streams < wanted
      ? `hold runs with ${streams} streams, not ${wanted}: a gateway needs two files per stream ` +
        `and the hard limit of open files is ${files} (ulimit -Hn).`
      : undefined;
  return { streams, shortage };
}

/**
 * Memory for many slow streams: one wave of them, a pause, the same wave again on
 * new connections.
 */
export async function runHold(
  bench: LoadBench,
  { candidate, program }: HeldCandidate,
  plan: HoldPlan,
): Promise<HoldOutcome> {
  await sleep(SETTLE_MS);
  const idleMb = rssMb(program.pid);
  const wave = () =>
    runLoad(
      bench,
      { candidate, pid: program.pid, expectEvents: plan.expectEvents, once: true },
      waveOf(plan),
    );
  const first = await wave();
  await sleep(SETTLE_MS);
  const second = await wave();
  const figures = holdFigures(plan.streams, idleMb, [first, second]);
  return { figures, trouble: troubleOf(plan.streams, [first, second]) };
}

function troubleOf(streams: number, waves: readonly LoadResult[]): string | undefined {
  const bad = waves.find(({ errors, mostStreams }) => errors > 0 || mostStreams < streams);
  if (bad === undefined) return undefined;
  const first = bad.firstError === "" ? "" : ` (first: ${bad.firstError})`;
  return `${bad.errors} errors${first}, ${bad.mostStreams} of ${streams} streams open at a time`;
}

function holdFigures(
  streams: number,
  idleMb: number,
  [first, second]: readonly [LoadResult, LoadResult],
): Figures {
  const missing = [first, second].filter((wave) => wave.mostStreams < streams).length;
  return {
    // A wave that was never open as a whole has not shown what it is here to show.
    errors: first.errors + second.errors + missing,
    streams,
    idleMb,
    mbPer1000: ((first.rssPeakMb - idleMb) * 1000) / streams,
    firstPeakMb: first.rssPeakMb,
    secondPeakMb: second.rssPeakMb,
    gapP99: second.gap.p99,
  };
}

function waveOf(plan: HoldPlan): Workload {
  return {
    test: "hold",
    title: "",
    behaviour: plan.behaviour,
    bodyBytes: 1024,
    connections: plan.streams,
    rate: 0,
    rampMs: Math.ceil((plan.streams / STREAMS_PER_SECOND) * 1000),
    warmMs: 0,
    measureMs: WAVE_WITHIN_MS,
  };
}
