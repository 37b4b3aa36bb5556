import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { until } from "../harness/until.ts";
import { problemsOf } from "./check-restart.ts";
import { crashConfig } from "./crash-config.ts";
import { upkeepProblems } from "./check-upkeep.ts";
import { writePastCalls } from "./past-calls.ts";
import { readBooks } from "./stored-books.ts";
import { newWitness, Workload, type Witness } from "./workload.ts";

/** What came of one crash. */
export interface CrashResult {
  readonly step: number;
  /** What the workload was doing; null when the server outlived it. */
  readonly killedIn: string | null;
  readonly readyMs: number;
  readonly answered: number;
  readonly unknown: number;
  readonly problems: readonly string[];
}

/** A restart may take so long. */
export const readyWithinMs = 2_000;
const mostTries = 4;

/** A data folder and a provider that outlive the server. */
class CrashScene implements AsyncDisposable {
  readonly simulator: Simulator;
  readonly #folder: string;

  private constructor(simulator: Simulator, folder: string) {
    this.simulator = simulator;
    this.#folder = folder;
  }

  static async open(): Promise<CrashScene> {
    const folder = await mkdtemp(join(tmpdir(), "sekisho-crash-"));
    const clock = new SystemClock();
    await writePastCalls(join(folder, "data"), clock);
    return new CrashScene(await startSimulator({ port: 0, seed: 1, clock }), folder);
  }

  get data(): string {
    return join(this.#folder, "data");
  }

  /** `crashAt` null starts a server that lives. */
  start(crashAt: number | null): Promise<ServerProcess> {
    return ServerProcess.start({
      config: JSON.stringify(crashConfig(this.simulator.url)),
      data: this.data,
      env: crashAt === null ? {} : { CRASH_AT: String(crashAt) },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** How many steps towards durability the workload takes when nothing kills it. */
export async function countSteps(): Promise<number> {
  await using scene = await CrashScene.open();
  await using server = await scene.start(0);
  await new Workload(server, newWitness()).run();
  await server.kill("SIGTERM");
  const steps = /"steps towards durability","count":(\d+)/.exec(server.log)?.[1];
  if (steps === undefined) throw new Error(`The server did not say its steps: ${server.log}`);
  return Number(steps);
}

/** Crashes there until a restart was in time: a machine that has other work is late by itself. */
export async function crashAt(step: number): Promise<CrashResult> {
  const lateMs: number[] = [];
  for (;;) {
    const result = await crashOnceAt(step);
    if (result.readyMs <= readyWithinMs || result.problems.length > 0) return result;
    lateMs.push(Math.round(result.readyMs));
    if (lateMs.length === mostTries) {
      return { ...result, problems: [`ready after ${lateMs.join(", ")} ms`] };
    }
  }
}

/** Kills a server at that step, starts another one on what is left, and looks at it. */
async function crashOnceAt(step: number): Promise<CrashResult> {
  await using scene = await CrashScene.open();
  const witness = newWitness();
  const isKilled = await playUntilKilled(scene, step, witness);
  const startedMs = performance.now();
  await using server = await scene.start(null);
  const readyMs = performance.now() - startedMs;
  const calls = scene.simulator.calls().filter(({ outcome }) => outcome === "complete");
  const billNanoUsd = calls.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0), 0);
  const books = readBooks(scene.data);
  const problems = await problemsOf({ witness, server, books, billNanoUsd });
  problems.push(...(await liveProblems(server, scene.data, witness)));
  problems.push(...(await upkeepProblems({ data: scene.data, witness, server })));
  return {
    step,
    killedIn: isKilled ? witness.doing : null,
    readyMs,
    answered: witness.answered.length,
    unknown: books.responses.filter(({ outcome }) => outcome === "unknown").length,
    problems,
  };
}

/** True when the server was killed, in its start or in the workload. */
async function playUntilKilled(
  scene: CrashScene,
  step: number,
  witness: Witness,
): Promise<boolean> {
  let server: ServerProcess;
  try {
    server = await scene.start(step);
  } catch {
    return true;
  }
  await using running = server;
  witness.adminKey = running.ready.adminKey;
  try {
    await new Workload(running, witness).run();
    await running.kill("SIGTERM");
    return running.wasKilled;
  } catch (error) {
    // Only a dead server may fail the workload.
    await until("the server is dead", () => (running.wasKilled ? true : null)).catch(() => {
      throw error;
    });
    return true;
  }
}

/** The server that was started again takes calls and books them. */
async function liveProblems(
  server: ServerProcess,
  data: string,
  before: Witness,
): Promise<string[]> {
  const after = newWitness();
  try {
    await new Workload(server, after).call("after");
  } catch (error) {
    return [`no call works: ${error instanceof Error ? error.message : String(error)}`];
  }
  const rows = await until("the call's row", () => {
    const { responses } = readBooks(data);
    return responses.some(({ user }) => user === "after") ? responses : null;
  });
  const isGood = rows.find(({ user }) => user === "after")?.outcome === "ok";
  return isGood && !before.begun.includes("after") ? [] : ["the first call is not in the books"];
}
