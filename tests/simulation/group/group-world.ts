import { Violation } from "../base/violation.ts";
import { checkChain } from "../checks/chain-check.ts";
import type { Mutant } from "../mutants/mutant.ts";
import type { WorldOutcome } from "../world.ts";
import { checkAlerts } from "./alert-check.ts";
import { checkNothingHeld } from "./group-books.ts";
import { GroupCalls } from "./group-calls.ts";
import { probeOf } from "./group-probe.ts";
import { GroupProcesses } from "./group-processes.ts";
import type { GroupDisturbance, GroupScenario } from "./group-scenario.ts";
import { GroupStage } from "./group-stage.ts";

/** From the healing on: whoever died has expired, and every slice has been given back. */
const restMs = 30_000;
/** Between calls that must be granted what is free. */
const probeMs = 500;
const stepsLimit = 1_000_000;

const promiseJobs = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Processes that spend from the same budgets, in virtual time (SIM-7). */
export class GroupWorld {
  readonly #stage: GroupStage;
  readonly #processes: GroupProcesses;
  readonly #calls: GroupCalls;
  #steps = 0;

  constructor(scenario: GroupScenario, mutant: Mutant | null = null, keepsTrace = false) {
    this.#stage = new GroupStage(scenario, mutant, keepsTrace);
    this.#processes = new GroupProcesses(this.#stage);
    this.#calls = new GroupCalls(this.#stage);
  }

  /** Plays the world to its end. Whatever goes wrong in it is its outcome, never an exception. */
  async play(): Promise<WorldOutcome> {
    using stage = this.#stage;
    let violation: Violation | null = null;
    try {
      this.#schedule();
      await this.#run();
      const reader = stage.machine.disk.openReader();
      checkNothingHeld(reader);
      stage.books.check(reader);
      checkAlerts(reader, stage.alerts, stage.scenario);
      checkChain(reader);
    } catch (error) {
      violation =
        error instanceof Violation
          ? error
          : new Violation("exception", error instanceof Error ? (error.stack ?? "?") : "?");
      stage.trace(`violation ${violation.message}`);
    }
    return {
      kind: "group",
      seed: stage.scenario.seed,
      violation,
      traceHash: stage.digest(),
      trace: stage.lines,
      steps: this.#steps,
      virtualMs: stage.nowMs,
      requests: stage.scenario.calls.length,
      sometimes: stage.sometimes,
    };
  }

  async #run(): Promise<void> {
    await promiseJobs();
    while (this.#stage.machine.clock.runNext()) {
      await promiseJobs();
      this.#stage.throwDefect();
      this.#steps += 1;
      if (this.#steps > stepsLimit) throw new Violation("SIM-8", `more than ${stepsLimit} steps`);
    }
  }

  #schedule(): void {
    const { clock } = this.#stage.machine;
    const { calls, disturbances, healMs } = this.#stage.scenario;
    this.#processes.start();
    for (const call of calls) {
      clock.after(call.atMs, () => this.#calls.ask(this.#processes.serving, call));
    }
    for (const each of disturbances) {
      clock.after(each.atMs, () => this.#disturb(each));
    }
    const probes = this.#probes();
    for (const [index, probe] of probes.entries()) {
      clock.after(healMs + restMs + index * probeMs, () => this.#stage.watched(probe));
    }
    clock.after(healMs + restMs + probes.length * probeMs + restMs, () => this.#processes.leave());
  }

  #disturb(disturbance: GroupDisturbance): void {
    const { machine, limits } = this.#stage;
    this.#stage.trace(`replica ${disturbance.replica}: ${disturbance.kind}`);
    if (disturbance.kind !== "limits cut") return this.#processes.disturb(disturbance);
    limits.cut(disturbance);
    machine.clock.after(disturbance.forMs, () => limits.restore(disturbance));
  }

  /** Of each key in turn: a call for all that is free must pass, whoever is asked. */
  #probes(): (() => void)[] {
    const { tenants, replicas, calls } = this.#stage.scenario;
    return tenants.flatMap(({ keys, teams }, tenant) =>
      keys.map((key, index) => () => {
        const replica = this.#processes.servingAt((tenant + index) % replicas);
        const n = calls.length + tenant * 10 + index;
        const plan = probeOf(replica, { n, tenant, key, team: teams[0] ?? null });
        if (plan !== null) this.#calls.askWhatMustPass(replica, plan);
      }),
    );
  }
}
