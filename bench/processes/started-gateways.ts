import { execFileSync } from "node:child_process";
import type { Candidate } from "../candidate.ts";
import { prepareCandidate } from "../candidates.ts";
import { freePorts } from "../free-ports.ts";
import { processTree } from "../process-tree.ts";
import { cores, type LoadBench } from "../run-load.ts";
import type { Upstream } from "../upstream.ts";
import type { Arrangement, Scene } from "./arrangement.ts";

export interface StartedGateway {
  readonly candidate: Candidate;
  readonly pid: number;
}

/** Gateways by their number and processes: scenes that want the same take turns on them. */
export class StartedGateways {
  readonly #bench: LoadBench;
  readonly #upstream: Upstream;
  readonly #byProcesses = new Map<string, readonly StartedGateway[]>();

  constructor(bench: LoadBench, upstream: Upstream) {
    this.#bench = bench;
    this.#upstream = upstream;
  }

  async start(scene: Scene): Promise<void> {
    if (this.#byProcesses.has(keyOf(scene))) return;
    const all: StartedGateway[] = [];
    while (all.length < scene.gateways) all.push(await this.#startOne(scene.processes));
    this.#byProcesses.set(keyOf(scene), all);
  }

  of(scene: Scene): readonly StartedGateway[] {
    return this.#byProcesses.get(keyOf(scene)) ?? [];
  }

  /** Moves every process, and the upstream, to where the arrangement wants it. */
  arrange({ coreOf, loadCores }: Arrangement): void {
    pin(processTree(this.#upstream.program.pid), loadCores);
    for (const gateways of this.#byProcesses.values()) {
      const serving = gateways.flatMap(({ pid }) => servingPids(pid));
      for (const [number, pid] of serving.entries()) pin([pid], [coreOf(number)]);
    }
  }

  async #startOne(processes: number): Promise<StartedGateway> {
    const [port = 0] = await freePorts(1);
    const { folder } = this.#bench;
    const upstreamPort = this.#upstream.port;
    const site = { port, upstreamPort, folder, maxConnections: 0, nodeOptions: "" };
    const candidate = prepareCandidate("sekisho", site);
    if (typeof candidate === "string" || candidate.plan === undefined) {
      throw new Error(`Cannot start sekisho: ${JSON.stringify(candidate)}`);
    }
    const env = { ...candidate.plan.env, SEKISHO_PROCESSES: String(processes) };
    const plan = { ...candidate.plan, env };
    const { pid } = await this.#bench.processes.start(`sekisho-${port}`, cores.gateway, plan);
    return { candidate, pid };
  }
}

const keyOf = ({ gateways, processes }: Scene): string => `${gateways} of ${processes}`;

/** A supervisor serves nothing itself. */
function servingPids(pid: number): readonly number[] {
  const [, ...workers] = processTree(pid);
  return workers.length > 0 ? workers : [pid];
}

/** With all their threads. */
function pin(pids: readonly number[], to: readonly number[]): void {
  for (const pid of pids) {
    execFileSync("taskset", ["-a", "-c", "-p", to.join(","), String(pid)], { stdio: "ignore" });
  }
}
