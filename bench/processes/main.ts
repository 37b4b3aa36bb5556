import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { LoadResult } from "../load-run.ts";
import { PinnedProcesses } from "../pinned-processes.ts";
import { cores, runLoad, type LoadBench } from "../run-load.ts";
import { startUpstream } from "../upstream.ts";
import { warmUpMs, workloads, type Workload } from "../workloads.ts";
import { connectionsOf, oneCore, ownCores, type Arrangement, type Scene } from "./arrangement.ts";
import { Comparison } from "./comparison.ts";
import { StartedGateways, type StartedGateway } from "./started-gateways.ts";

/**
 * `npm run bench:processes [-- --processes=2 --only=json,burst --starts=3 --rounds=3 --rate=1500]`:
 * what an answer costs several processes in CPU, as a multiple of what it costs one, and of what it
 * costs as many gateways that share nothing (PRF-9). Exit code 1 when an answer was wrong, or cost
 * more than 1.1 times as much as in one where each process has a core of its own; on one core for
 * all, more than that and than in as many gateways that share nothing.
 */
const { values } = parseArgs({
  options: {
    processes: { type: "string", default: "2" },
    only: { type: "string", default: "json,burst" },
    /** Two processes of the same code differ by some percent all their lives: several are begun. */
    starts: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "1500" },
  },
});
const [count, starts, rounds] = [
  Number(values.processes),
  Number(values.starts),
  Number(values.rounds),
];
const tests = values.only.split(",");
const chosen = workloads.filter(({ test }) => tests.includes(test));
const options = { count, rate: Number(values.rate) };

const arrangements: readonly Arrangement[] =
  count <= availableParallelism() ? [ownCores(options), oneCore(options)] : [oneCore(options)];

/** Where a process has as many ticks of 10 ms as make 1 % of its CPU. */
const scheduledMs = 3_500;

/** Asks all gateways of a scene at the same time. Framing is the business of `npm run bench`. */
async function measure(
  bench: LoadBench,
  gateways: readonly StartedGateway[],
  workload: Workload,
): Promise<LoadResult[]> {
  const connections = workload.connections / gateways.length;
  const rate = workload.rate / gateways.length;
  const measureMs = rate > 0 ? Math.max(workload.measureMs, scheduledMs) : workload.measureMs;
  const share = { ...workload, connections, rate, measureMs };
  return await Promise.all(
    gateways.map((each) => runLoad(bench, { ...each, expectEvents: 0, once: false }, share)),
  );
}

/**
 * Until each process has served what the one has: they share a core. Gateways of several scenes are
 * warmed up in the one that fills them.
 */
async function warmUp(bench: LoadBench, scene: Scene, started: StartedGateways): Promise<void> {
  const { gateways, processes, times } = scene;
  if (times < gateways * processes) return;
  for (const workload of chosen) {
    const connections = workload.connections * times;
    const measureMs = times * warmUpMs;
    await measure(bench, started.of(scene), { ...workload, connections, measureMs });
  }
}

const comparisons = new Map(
  arrangements.map((each) => [each, chosen.map((workload) => new Comparison(each, workload))]),
);

async function compare(bench: LoadBench, started: StartedGateways): Promise<void> {
  for (const [arrangement, compared] of comparisons) {
    started.arrange(arrangement);
    const arranged = { ...bench, loadCores: arrangement.loadCores };
    for (const [index, workload] of chosen.entries()) {
      for (let round = 0; round < rounds; round += 1) {
        for (const scene of arrangement.scenes) {
          const connections = connectionsOf(scene, workload);
          const asked = { ...workload, connections, rate: arrangement.rateOf(scene) };
          compared[index]?.add(scene, await measure(arranged, started.of(scene), asked));
        }
      }
    }
  }
}

/** One start of everything: all gateways, warmed up, compared, ended. */
async function runStart(folder: string): Promise<void> {
  await using processes = new PinnedProcesses(folder);
  const bench = { processes, folder, loadCores: [cores.load] };
  const started = new StartedGateways(bench, await startUpstream(processes, cores.load));
  const scenes = oneCore(options).scenes;
  for (const scene of scenes) await started.start(scene);
  for (const scene of scenes) await warmUp(bench, scene, started);
  await compare(bench, started);
}

for (let start = 1; start <= starts; start += 1) {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-processes-"));
  try {
    await runStart(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stderr.write(`start ${start}/${starts}\n`);
}
for (const [{ title }, compared] of comparisons) {
  process.stdout.write(`${title}\n\n${compared.join("\n")}\n`);
}
const all = [...comparisons.values()].flat();
process.exitCode = all.length > 0 && all.every(({ isGood }) => isGood) ? 0 : 1;
