import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BenchOptions } from "./bench-options.ts";
import type { CandidateName } from "./candidate.ts";
import { prepareCandidate } from "./candidates.ts";
import { functionCosts, type CpuProfile } from "./cpu-profile.ts";
import { freePorts } from "./free-ports.ts";
import { cores, runLoad, type LoadBench } from "./run-load.ts";
import { profileReport } from "./profile-report.ts";
import { startUpstream } from "./upstream.ts";
import { workloads, type Workload } from "./workloads.ts";

const root = join(import.meta.dirname, "..");
const INTERVAL_MICROS = 500;
const WARM_MS = 2500;
const MEASURE_MS = 5000;
/** Writing the profile of a busy process takes a second or two. */
const EXIT_MS = 20_000;
const MAX_CONNECTIONS = 1000;
const profilable: readonly CandidateName[] = ["raw", "sekisho", "portkey"];

/** Prints where each candidate spends its CPU, one report per test. The exit code. */
export async function profileCandidates(bench: LoadBench, options: BenchOptions): Promise<number> {
  const upstream = await startUpstream(bench.processes, cores.load);
  let ok = true;
  for (const name of options.candidates.filter((each) => profilable.includes(each))) {
    for (const workload of workloads.filter(({ test }) => options.tests.includes(test))) {
      ok = (await profileOne(bench, { name, workload, upstreamPort: upstream.port })) && ok;
    }
  }
  await upstream.program.stop(1000);
  return ok ? 0 : 1;
}

interface Subject {
  readonly name: CandidateName;
  readonly workload: Workload;
  readonly upstreamPort: number;
}

async function profileOne(bench: LoadBench, subject: Subject): Promise<boolean> {
  const { name, workload, upstreamPort } = subject;
  const [port = 0] = await freePorts(1);
  const folder = join(root, ".cache/profile", `${name}-${workload.test}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const candidate = prepareCandidate(name, {
    port,
    upstreamPort,
    folder: bench.folder,
    maxConnections: MAX_CONNECTIONS,
    nodeOptions: `--cpu-prof --cpu-prof-interval=${INTERVAL_MICROS} --cpu-prof-dir=${folder}`,
  });
  if (typeof candidate === "string") {
    process.stderr.write(`SKIPPED ${name}: ${candidate}\n`);
    return false;
  }
  if (candidate.plan === undefined) return false;
  const program = await bench.processes.start(name, cores.gateway, candidate.plan);
  const target = { candidate, pid: program.pid, expectEvents: 0, once: false };
  const spans = { warmMs: WARM_MS, measureMs: MEASURE_MS };
  const load = await runLoad(bench, target, { ...workload, ...spans });
  await program.stop(EXIT_MS);
  const threads = readProfiles(folder).map((profile) => functionCosts(profile, root, load));
  process.stdout.write(profileReport(`${name} ${workload.test}`, load, threads));
  process.stdout.write(`profiles for a browser's tools: ${folder}\n`);
  return threads.length > 0 && load.errors === 0;
}

/** One per thread of the process, and of each process it started. */
function readProfiles(folder: string): CpuProfile[] {
  // Node wrote these files a moment ago, in the format that CpuProfile is a part of.
  return readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile);
}
