import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable, type Column } from "@sekisho/server/cli/table.ts";
import type { Candidate } from "./candidate.ts";
import { prepareCandidate } from "./candidates.ts";
import { freePorts } from "./free-ports.ts";
import type { LoadResult } from "./load-run.ts";
import { PinnedProcesses } from "./pinned-processes.ts";
import { cores, runLoad, type LoadBench } from "./run-load.ts";
import { median } from "./samples.ts";
import { startUpstream } from "./upstream.ts";
import { warmUpMs, workloads, type Workload } from "./workloads.ts";

/**
 * `npm run bench:processes [-- --processes=2 --only=json,burst --rounds=7]`: what an answer costs
 * several processes in CPU, as a multiple of what it costs one, and of what it costs as many
 * gateways that share nothing (PRF-9). Exit code 1 when an answer was wrong, or cost more than 1.1
 * times as much as both where each process had as many connections as the one.
 */
const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "2" },
    only: { type: "string", default: "json,burst" },
    rounds: { type: "string", default: "7" },
  },
});
const [count, rounds] = [Number(values.processes), Number(values.rounds)];
const most = 1.1;

interface Scene {
  readonly name: string;
  /** How many gateways, each with a data folder of its own. */
  readonly gateways: number;
  /** Processes of each gateway. */
  readonly processes: number;
  /** Connections of all, as a multiple of the workload's. */
  readonly times: number;
}

const one: Scene = { name: "one", gateways: 1, processes: 1, times: 1 };
const full: Scene = { name: "several, each as full", gateways: 1, processes: count, times: count };
/** What several programs cost on one core that share nothing: the floor of the one before. */
const apart: Scene = { name: "apart, each as full", gateways: count, processes: 1, times: count };
const scenes: readonly Scene[] = [
  one,
  { name: "several, the same clients", gateways: 1, processes: count, times: 1 },
  full,
  apart,
];

interface Started {
  readonly candidate: Candidate;
  readonly pid: number;
}

async function start(bench: LoadBench, processes: number, upstreamPort: number): Promise<Started> {
  const [port = 0] = await freePorts(1);
  const site = { port, upstreamPort, folder: bench.folder, maxConnections: 0, nodeOptions: "" };
  const candidate = prepareCandidate("sekisho", site);
  if (typeof candidate === "string" || candidate.plan === undefined) {
    throw new Error(`Cannot start sekisho: ${JSON.stringify(candidate)}`);
  }
  const env = { ...candidate.plan.env, SEKISHO_PROCESSES: String(processes) };
  const plan = { ...candidate.plan, env };
  const { pid } = await bench.processes.start(`sekisho-${port}`, cores.gateway, plan);
  return { candidate, pid };
}

interface Figures {
  readonly micros: number[];
  readonly perSecond: number[];
  readonly p50Ms: number[];
  errors: number;
}

const noFigures = (): Figures => ({ micros: [], perSecond: [], p50Ms: [], errors: 0 });

/** Asks all gateways of a scene at the same time. Framing is the business of `npm run bench`. */
async function measure(
  bench: LoadBench,
  servers: readonly Started[],
  workload: Workload,
): Promise<LoadResult[]> {
  const connections = workload.connections / servers.length;
  return await Promise.all(
    servers.map((server) =>
      runLoad(bench, { ...server, expectEvents: 0, once: false }, { ...workload, connections }),
    ),
  );
}

const columns: readonly Column[] = [
  { title: "TEST", align: "left" },
  { title: "PROCESSES", align: "left" },
  { title: "CONNECTIONS", align: "right" },
  { title: "CPU US", align: "right" },
  { title: "TIMES ONE", align: "right" },
  { title: "LOWEST", align: "right" },
  { title: "TIMES APART", align: "right" },
  { title: "PER SECOND", align: "right" },
  { title: "P50 MS", align: "right" },
  { title: "ERRORS", align: "right" },
];

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

function add(figures: Figures, results: readonly LoadResult[]): void {
  const answers = sum(results.map((each) => each.answers));
  figures.micros.push(sum(results.map((each) => each.cpuMicros)) / answers);
  figures.perSecond.push(sum(results.map((each) => each.answers / each.seconds)));
  figures.p50Ms.push(Math.max(...results.map(({ latency }) => latency.p50 / 1_000)));
  figures.errors += sum(results.map(({ errors }) => errors));
}

/** Each round holds a scene against another of seconds before or after: noise hits both. */
const ratios = (found: Figures, base: Figures): number[] =>
  found.micros.map((micros, round) => micros / (base.micros[round] ?? Number.NaN));

type Servers = ReadonlyMap<Scene, readonly Started[]>;

async function compare(bench: LoadBench, servers: Servers, workload: Workload): Promise<boolean> {
  const found = new Map(scenes.map((scene) => [scene, noFigures()]));
  const timesOf = ({ times }: Scene): number => workload.connections * times;
  for (let round = 0; round < rounds; round += 1) {
    for (const [scene, figures] of found) {
      const chosen = { ...workload, connections: timesOf(scene) };
      add(figures, await measure(bench, servers.get(scene) ?? [], chosen));
    }
  }
  const figuresOf = (scene: Scene): Figures => found.get(scene) ?? noFigures();
  const [base, floor] = [figuresOf(one), figuresOf(apart)];
  const rows = [...found].map(([scene, figures]) => [
    workload.test,
    scene.name,
    String(timesOf(scene)),
    median(figures.micros).toFixed(1),
    median(ratios(figures, base)).toFixed(3),
    Math.min(...ratios(figures, base)).toFixed(3),
    scene === full ? median(ratios(figures, floor)).toFixed(3) : "",
    median(figures.perSecond).toFixed(0),
    median(figures.p50Ms).toFixed(1),
    String(figures.errors),
  ]);
  process.stdout.write(`${formatTable(columns, rows)}\n`);
  const isCheap = [base, floor].some((each) => median(ratios(figuresOf(full), each)) <= most);
  return isCheap && [...found.values()].every(({ errors }) => errors === 0);
}

/** Scenes with the same gateways take turns on them. */
async function startAll(bench: LoadBench, upstreamPort: number): Promise<Servers> {
  const started = new Map<string, Started[]>();
  const servers = new Map<Scene, readonly Started[]>();
  for (const scene of scenes) {
    const key = `${scene.gateways} of ${scene.processes}`;
    const all = started.get(key) ?? [];
    while (all.length < scene.gateways) all.push(await start(bench, scene.processes, upstreamPort));
    started.set(key, all);
    servers.set(scene, all);
  }
  return servers;
}

interface WarmUp {
  readonly scene: Scene;
  readonly all: readonly Started[];
  readonly chosen: readonly Workload[];
}

/**
 * Until each process has served what the one has: they share its core. Gateways of several scenes
 * are warmed up in the one that fills them.
 */
async function warmUp(bench: LoadBench, { scene, all, chosen }: WarmUp): Promise<void> {
  const { gateways, processes, times } = scene;
  if (times < gateways * processes) return;
  for (const workload of chosen) {
    const connections = workload.connections * times;
    await measure(bench, all, { ...workload, connections, measureMs: times * warmUpMs });
  }
}

async function run(bench: LoadBench): Promise<boolean> {
  const upstream = await startUpstream(bench.processes, cores.load);
  const servers = await startAll(bench, upstream.port);
  const tests = values.only.split(",");
  const chosen = workloads.filter(({ test }) => tests.includes(test));
  for (const [scene, all] of servers) await warmUp(bench, { scene, all, chosen });
  let isGood = chosen.length > 0;
  for (const workload of chosen) isGood = (await compare(bench, servers, workload)) && isGood;
  return isGood;
}

const folder = mkdtempSync(join(tmpdir(), "sekisho-processes-"));
try {
  await using processes = new PinnedProcesses(folder);
  process.exitCode = (await run({ processes, folder })) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
