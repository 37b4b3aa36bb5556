import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Candidate } from "./candidate.ts";
import type { LoadResult } from "./load-run.ts";
import type { PinnedProcesses } from "./pinned-processes.ts";
import type { Figures } from "./results.ts";
import { requestFor } from "./upstream.ts";
import type { Workload } from "./workloads.ts";

/** Where things run: the load generator and the upstream on one core, the gateway on the other. */
export const cores = { load: 0, gateway: 1 } as const;

export interface LoadBench {
  readonly processes: PinnedProcesses;
  readonly folder: string;
  /** Of the load generator; its own unless told. */
  readonly loadCores?: readonly number[];
}

export interface LoadTarget {
  readonly candidate: Candidate;
  /** 0 when there is no gateway to watch. */
  readonly pid: number;
  /** Events of a correct stream; 0 = not checked. */
  readonly expectEvents: number;
  readonly once: boolean;
}

/** Over the time that the run itself should take. */
const SPARE_MS = 20_000;

/** Runs the load generator once, in its own process. */
export async function runLoad(
  bench: LoadBench,
  target: LoadTarget,
  workload: Workload,
): Promise<LoadResult> {
  const body = join(bench.folder, `${workload.behaviour}-${workload.bodyBytes}.json`);
  const request = requestFor(workload.behaviour, workload.bodyBytes);
  writeFileSync(body, request.body);
  const { rampMs, warmMs, measureMs } = workload;
  const flags = {
    port: target.candidate.port,
    path: request.path,
    body,
    connections: workload.connections,
    rate: workload.rate,
    "ramp-ms": rampMs,
    "warm-ms": warmMs,
    "measure-ms": measureMs,
    "expect-events": target.expectEvents,
    "watch-pid": target.pid,
  };
  const loadCores = bench.loadCores ?? [cores.load];
  const output = await bench.processes.output(`load-${target.candidate.name}`, loadCores, {
    command: [
      process.execPath,
      join(import.meta.dirname, "load.ts"),
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...[...request.headers, ...target.candidate.headers].flatMap((line) => ["--header", line]),
      ...(target.once ? ["--once"] : []),
    ],
    env: {},
    withinMs: rampMs + warmMs + measureMs + SPARE_MS,
  });
  // The other end of this line is load.ts, which prints a LoadResult and nothing else.
  return JSON.parse(output) as LoadResult;
}

export function loadFigures(result: LoadResult, isWatched: boolean): Figures {
  return {
    errors: result.errors,
    ...(isWatched ? { cpuMicros: result.cpuMicros / result.answers } : {}),
    ...(isWatched ? { cpuShare: result.cpuShare } : {}),
    perSecond: result.answers / result.seconds,
    loadShare: result.ownCpuShare,
    latencyP50: result.latency.p50,
    latencyP99: result.latency.p99,
    firstEventP50: result.firstEvent.p50,
    firstEventP99: result.firstEvent.p99,
    gapP99: result.gap.p99,
  };
}
