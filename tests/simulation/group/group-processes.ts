import { standardParts, type PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { Violation } from "../base/violation.ts";
import { checkTold } from "./alert-check.ts";
import { GroupReplica } from "./group-replica.ts";
import type { GroupDisturbance } from "./group-scenario.ts";
import type { GroupStage } from "./group-stage.ts";
import { watchedLogs } from "./watched-logs.ts";

/** How the writer of a process does, whichever process has its place. */
interface WriterState {
  readonly isPaused: boolean;
  readonly fails: boolean;
}

const well: WriterState = { isPaused: false, fails: false };

/** What befalls a process, or the machine of all. */
export type ProcessDisturbance = Exclude<GroupDisturbance, { kind: "limits cut" }>;

/** The processes of a world and what befalls them: each place has one at a time. */
export class GroupProcesses {
  readonly #stage: GroupStage;
  readonly #replicas: GroupReplica[] = [];
  readonly #writers: WriterState[] = [];
  #isLeaving = false;
  #starts = 0;

  constructor(stage: GroupStage) {
    this.#stage = stage;
  }

  start(): void {
    for (let index = 0; index < this.#stage.scenario.replicas; index += 1) this.#start(index);
  }

  get serving(): GroupReplica[] {
    return this.#replicas.filter((each) => each.books !== null && !each.isDead);
  }

  /** At the end every place has one that serves. Throws Violation. */
  servingAt(index: number): GroupReplica {
    const replica = this.#replicas[index];
    if (replica === undefined || replica.books === null || replica.isDead) {
      throw new Violation("SIM-8", "a process does not serve at the end");
    }
    return replica;
  }

  disturb(disturbance: ProcessDisturbance): void {
    const { clock } = this.#stage.machine;
    const { kind, replica: index } = disturbance;
    switch (kind) {
      case "wall clock steps":
        return clock.stepWall(disturbance.byMs);
      case "writer pauses":
      case "writer fails": {
        const key = kind === "writer pauses" ? "isPaused" : "fails";
        this.#changeWriter(index, { [key]: true });
        return void clock.after(disturbance.forMs, () =>
          this.#changeWriter(index, { [key]: false }),
        );
      }
      case "process stops":
        return this.#stop(index, disturbance.forMs);
      case "crash":
        return this.#crash(index, disturbance.downMs);
      case "power cut":
        return this.#cutPower(disturbance.downMs);
    }
  }

  /** All of them go, and give back what they hold. */
  leave(): void {
    this.#isLeaving = true;
    for (const index of this.#replicas.keys()) {
      this.#stage.watched(() => {
        const { books, reader } = this.servingAt(index);
        if (!books?.group) throw new Violation("SIM-8", "a process has no others at the end");
        const { alerts, budgets, group } = books;
        // As its upkeep does; by now the store takes what it could not.
        const leaving = alerts.tellWaiting().then(() => {
          checkTold(reader, budgets.books(), this.#stage.scenario);
          return group.leave();
        });
        leaving.catch((error: unknown) => this.#stage.defect(error));
      });
    }
  }

  #start(index: number): void {
    const { machine, scenario, limits, mutant, sometimes, alerts } = this.#stage;
    const { disk, clock } = machine;
    const replica: GroupReplica = new GroupReplica({
      machine,
      tenants: scenario.tenants,
      limitsOf: ({ tenant }) => limits.of(tenant),
      writerLatencyMs: scenario.writerLatencyMs,
      parts: this.#parts(),
      n: ++this.#starts,
      writesLost: (reason) => this.#lost(replica, reason),
      alerted: (id) => alerts.push(id),
      wrapLogs: (logs) => watchedLogs(mutant?.logs?.(logs, disk) ?? logs, disk, sometimes),
    });
    this.#replicas[index] = replica;
    this.#applyWriter(index);
    replica.start().then(
      () => this.#stage.trace(`replica ${index} serves as ${replica.owner}`),
      () => {
        // A supervisor starts a process again that could not start.
        if (replica.isDead) return;
        replica.kill();
        clock.after(500, () => this.#start(index));
      },
    );
  }

  #parts(): PartMakers {
    const { machine, mutant, books, sometimes } = this.#stage;
    const parts = { ...standardParts, ...mutant?.parts?.(standardParts, machine.clock) };
    return {
      ...parts,
      membership: (ports) =>
        parts.membership({
          ...ports,
          closeBooks: (owner) => {
            books.cut(owner);
            const isAlive = this.#replicas.some((each) => each.owner === owner && !each.isDead);
            if (isAlive && !this.#isLeaving) sometimes.reached("process taken for dead");
            return ports.closeBooks(owner).then(() => books.close(owner));
          },
        }),
    };
  }

  /** Whoever was taken for dead has had its calls closed by another. */
  #lost(replica: GroupReplica, reason: string): void {
    const { books, sometimes } = this.#stage;
    const wasCut = [...books.records.values()].some(
      (record) => record.process === replica.n && record.wasCut,
    );
    if (wasCut) sometimes.reached("end of a call refused: closed by another");
    else this.#stage.defect(new Violation("MON-10", `writes were lost: ${reason}`));
  }

  #changeWriter(index: number, change: Partial<WriterState>): void {
    this.#writers[index] = { ...well, ...this.#writers[index], ...change };
    this.#applyWriter(index);
  }

  #applyWriter(index: number): void {
    const writer = this.#replicas[index]?.writer;
    const { isPaused, fails } = this.#writers[index] ?? well;
    writer?.failWith(fails ? { code: "storage_unavailable", message: "disk full" } : null);
    if (isPaused) writer?.pause();
    else writer?.resume();
  }

  #stop(index: number, forMs: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined || replica.isDead) return;
    replica.stop();
    this.#stage.machine.clock.after(forMs, () => replica.goOn());
  }

  #crash(index: number, downMs: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined || replica.isDead) return;
    this.#kill(replica);
    this.#stage.machine.clock.after(downMs, () => this.#start(index));
  }

  #kill(replica: GroupReplica): void {
    this.#stage.books.cut(replica.owner);
    replica.kill();
  }

  #cutPower(downMs: number): void {
    const { machine, books, sometimes, nowMs } = this.#stage;
    const { disk, random, clock } = machine;
    const down = this.#replicas.flatMap((replica, index) =>
      replica.isDead ? [] : [{ replica, index }],
    );
    for (const { replica } of down) this.#kill(replica);
    if (disk.losePower(random.fork(`power cut at ${nowMs}`)) > 0) {
      sometimes.reached("power cut lost transactions");
    }
    books.powerCut(disk.openReader());
    for (const { index } of down) clock.after(downMs, () => this.#start(index));
  }
}
