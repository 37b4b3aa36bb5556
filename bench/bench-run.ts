import { freePorts } from "./free-ports.ts";
import type { BenchOptions } from "./bench-options.ts";
import type { Candidate, CandidateName } from "./candidate.ts";
import { prepareCandidate } from "./candidates.ts";
import { runHold, streamsWithin } from "./run-hold.ts";
import type { LoadResult } from "./load-run.ts";
import type { ClientDialect } from "./request-body.ts";
import { runSign } from "./run-sign.ts";
import { cores, loadFigures, runLoad, type LoadBench, type LoadTarget } from "./run-load.ts";
import type { RunningProgram } from "./pinned-processes.ts";
import { rssMb } from "./process-tree.ts";
import { addFigures, figure, type Results, type TestName } from "./results.ts";
import { chunksOf, clientOf, startUpstream, type Behaviour } from "./upstream.ts";
import { warmUpMs, workloads, type Workload } from "./workloads.ts";

/** PRF-5 compares Node programs; a minute per candidate for more would not fit into the run. */
const notHeld: readonly CandidateName[] = ["direct", "haproxy", "nginx"];
/** Tests that a client without a gateway is measured in, too: latency, and what upstream can do. */
const hasFloor: readonly TestName[] = ["json", "lat", "ttft"];
const QUIET_P99_MS = 3;
const STARTS = 5;
const QUICK_STARTS = 3;
const QUICK_SHARE = 0.75;
const QUICK_WARM_UP_MS = 900;
/** Nothing in them is compiled while they serve. */
const notWarmed: readonly CandidateName[] = ["haproxy", "nginx"];
const STOP_MS = 2000;

interface Started {
  readonly candidate: Candidate;
  /** Absent when the client talks to the upstream itself. */
  readonly program: RunningProgram | undefined;
}

/** Runs tests over candidates, interleaved, and collects their figures. */
export class BenchRun {
  readonly results: Results = {};
  /** What a reader has to know about this run. */
  readonly notes: string[] = [];
  /** Candidates that should have started and did not. */
  readonly failed = new Set<CandidateName>();
  readonly #bench: LoadBench;
  readonly #options: BenchOptions;
  #upstreamPort = 0;
  /** Events of a stream besides its chunks, as OpenAI's role, finish, usage, end. */
  readonly #frameEvents = new Map<ClientDialect, number>();

  constructor(bench: LoadBench, options: BenchOptions) {
    this.#bench = bench;
    this.#options = options;
  }

  async run(): Promise<void> {
    const upstream = await startUpstream(this.#bench.processes, cores.load);
    this.#upstreamPort = upstream.port;
    await this.#learnFraming(["burst", "converse", "messages"]);
    const chosen = workloads.filter(({ test }) => this.#options.tests.includes(test));
    if (chosen.length > 0) await this.#runWorkloads(chosen);
    if (this.#options.tests.includes("sign")) await this.#runSigns();
    if (this.#options.tests.includes("hold")) await this.#runHolds();
    if (this.#options.tests.includes("start")) await this.#runStarts();
    await upstream.program.stop(1000);
    const floorMs = figure(this.results, { test: "lat", candidate: "direct" }, "latencyP99") / 1000;
    if (floorMs > QUIET_P99_MS) {
      this.#note(
        `This machine is busy: without a gateway p99 is ${floorMs.toFixed(1)} ms, on a quiet one ` +
          `below ${QUIET_P99_MS} ms. Only errors and CPU per answer mean something.`,
      );
    }
  }

  /** One answer of each dialect, from the upstream itself. */
  async #learnFraming(behaviours: readonly Behaviour[]): Promise<void> {
    const [direct] = await this.#prepare(["direct"]);
    if (direct === undefined) return;
    for (const workload of workloads.filter(({ behaviour }) => behaviours.includes(behaviour))) {
      const target = { candidate: direct, pid: 0, expectEvents: 0, once: true };
      const one = await runLoad(this.#bench, target, { ...workload, connections: 1, warmMs: 0 });
      if (one.errors > 0) throw new Error(`Cannot use upstream: ${one.firstError}`);
      const { behaviour } = workload;
      this.#frameEvents.set(clientOf(behaviour), one.eventsPerAnswer - chunksOf(behaviour));
    }
  }

  #eventsOf(behaviour: Behaviour): number {
    const chunks = chunksOf(behaviour);
    return chunks === 0 ? 0 : chunks + (this.#frameEvents.get(clientOf(behaviour)) ?? Number.NaN);
  }

  async #runWorkloads(chosen: readonly Workload[]): Promise<void> {
    const started: Started[] = [];
    for (const candidate of await this.#prepare(this.#options.candidates)) {
      const program = await this.#start(candidate);
      if (program !== "failed") started.push({ candidate, program });
    }
    await this.#warmUp(started, ["json", "burst"]);
    for (const workload of chosen) {
      const taking = started.filter(({ candidate }) => takesPart(candidate.name, workload));
      if (workload.candidates !== undefined) await this.#warmUp(taking, [workload.test]);
      for (let round = 1; round <= this.#options.rounds; round++) {
        for (const one of taking) {
          if (one.program !== undefined || hasFloor.includes(workload.test)) {
            await this.#measure(one, workload);
          }
        }
        progress(`${workload.test} ${round}/${this.#options.rounds}`);
      }
    }
    for (const { program } of started) await program?.stop(STOP_MS);
  }

  /** Node compiles what is hot; the first round must not be the one that pays for it. */
  async #warmUp(started: readonly Started[], tests: readonly TestName[]): Promise<void> {
    const hot = workloads.filter(({ test }) => tests.includes(test));
    const measureMs = this.#options.quick ? QUICK_WARM_UP_MS : warmUpMs;
    for (const one of started) {
      const isWarm = one.program === undefined || notWarmed.includes(one.candidate.name);
      for (const workload of isWarm ? [] : hot) {
        await runLoad(this.#bench, this.#target(one, workload), { ...workload, measureMs });
      }
    }
  }

  async #measure(one: Started, workload: Workload): Promise<void> {
    const measureMs = workload.measureMs * (this.#options.quick ? QUICK_SHARE : 1);
    const target = this.#target(one, workload);
    const result = await runLoad(this.#bench, target, { ...workload, measureMs });
    const place = { test: workload.test, candidate: one.candidate.name };
    addFigures(this.results, place, loadFigures(result, target.pid > 0));
    if (result.errors > 0) this.#note(`${place.test} ${place.candidate}: ${errorText(result)}`);
  }

  #target({ candidate, program }: Started, { behaviour }: Workload): LoadTarget {
    const expectEvents = this.#eventsOf(behaviour);
    return { candidate, pid: program?.pid ?? 0, expectEvents, once: false };
  }

  async #runHolds(): Promise<void> {
    const { streams, shortage } = streamsWithin(this.#options.streams);
    if (shortage !== undefined) this.#note(shortage);
    const behaviour = this.#options.quick ? "holdShort" : "hold";
    const expectEvents = this.#eventsOf(behaviour);
    const names = this.#options.candidates.filter((name) => !notHeld.includes(name));
    for (const candidate of await this.#prepare(names)) {
      const program = await this.#start(candidate);
      if (program === undefined || program === "failed") continue;
      const { figures, trouble } = await runHold(
        this.#bench,
        { candidate, program },
        {
          streams,
          behaviour,
          expectEvents,
        },
      );
      addFigures(this.results, { test: "hold", candidate: candidate.name }, figures);
      await program.stop(STOP_MS);
      if (trouble !== undefined) this.#note(`hold ${candidate.name}: ${trouble}`);
      progress(`hold ${candidate.name}`);
    }
  }

  async #runSigns(): Promise<void> {
    for (let round = 1; round <= this.#options.rounds; round++) {
      const figures = await runSign(this.#bench);
      for (const candidate of ["raw", "sekisho"] as const) {
        addFigures(this.results, { test: "sign", candidate }, figures[candidate]);
      }
    }
    progress("sign");
  }

  async #runStarts(): Promise<void> {
    const starts = this.#options.quick ? QUICK_STARTS : STARTS;
    for (let start = 0; start < starts; start++) {
      for (const candidate of await this.#prepare(this.#options.candidates)) {
        const program = await this.#start(candidate);
        if (program === undefined || program === "failed") continue;
        const place = { test: "start", candidate: candidate.name } as const;
        addFigures(this.results, place, {
          readyMs: program.readyMs,
          idleMb: rssMb(program.pid),
          errors: 0,
        });
        await program.stop(STOP_MS);
      }
    }
    progress("start");
  }

  async #start({ name, plan }: Candidate): Promise<RunningProgram | undefined | "failed"> {
    if (plan === undefined) return undefined;
    try {
      return await this.#bench.processes.start(name, cores.gateway, plan);
    } catch (error) {
      this.failed.add(name);
      this.#note(String(error));
      return "failed";
    }
  }

  /** Candidates on free ports; the ones that cannot take part are left out with a note. */
  async #prepare(names: readonly CandidateName[]): Promise<Candidate[]> {
    const ports = await freePorts(names.length);
    const prepared: Candidate[] = [];
    for (const [index, name] of names.entries()) {
      if (this.failed.has(name)) continue;
      const candidate = prepareCandidate(name, {
        port: ports[index]!,
        upstreamPort: this.#upstreamPort,
        folder: this.#bench.folder,
        maxConnections: streamsWithin(this.#options.streams).streams,
        nodeOptions: "",
      });
      if (typeof candidate === "string") this.#note(`SKIPPED ${name}: ${candidate}`);
      else prepared.push(candidate);
    }
    return prepared;
  }

  #note(text: string): void {
    if (this.notes.includes(text)) return;
    this.notes.push(text);
    process.stderr.write(`${text}\n`);
  }
}

function takesPart(name: CandidateName, { candidates }: Workload): boolean {
  return candidates === undefined || candidates.includes(name);
}

function errorText(result: LoadResult): string {
  const kinds = Object.entries(result.errorsByKind).map(([kind, count]) => `${count} ${kind}`);
  return `${kinds.join(", ")}; first: ${result.firstError}`;
}

function progress(text: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}
