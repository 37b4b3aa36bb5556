import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { aheadMigrations } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { standardParts, type PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { Sometimes } from "../base/sometimes.ts";
import { Trace } from "../base/trace.ts";
import { Violation } from "../base/violation.ts";
import { checkChain } from "../checks/chain-check.ts";
import type { Mutant } from "../mutants/mutant.ts";
import type { WorldOutcome } from "../world.ts";
import { checkNothingHeld, GroupBooks, type GroupRecord } from "./group-books.ts";
import { GroupLimits } from "./group-limits.ts";
import { probeOf } from "./group-probe.ts";
import { GroupReplica, type Machine } from "./group-replica.ts";
import type { GroupCall, GroupDisturbance, GroupScenario } from "./group-scenario.ts";
import { checkRefusal } from "./refusal-check.ts";
import { checkSlices } from "./slice-check.ts";
import { watchedLogs } from "./watched-logs.ts";

/** From the healing on: whoever died has expired, and every slice has been given back. */
const restMs = 30_000;
/** Between calls that must be granted what is free. */
const probeMs = 500;
const stepsLimit = 1_000_000;

const promiseJobs = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Processes that spend from the same budgets, in virtual time (SIM-7). */
export class GroupWorld {
  readonly #scenario: GroupScenario;
  readonly #mutant: Mutant | null;
  readonly #machine: Machine;
  readonly #books: GroupBooks;
  readonly #limits: GroupLimits;
  readonly #sometimes = new Sometimes();
  readonly #trace: Trace;
  readonly #replicas: GroupReplica[] = [];
  #writers: { isPaused: boolean; fails: boolean }[] = [];
  #defect: { readonly error: unknown } | null = null;
  #isLeaving = false;
  #starts = 0;
  #steps = 0;

  constructor(scenario: GroupScenario, mutant: Mutant | null = null, keepsTrace = false) {
    this.#scenario = scenario;
    const limits = new GroupLimits(scenario.tenants);
    this.#limits = limits;
    this.#books = new GroupBooks((account) => limits.wholeOf(account));
    this.#mutant = mutant;
    const clock = new VirtualClock();
    const random = new SeededRandom(scenario.seed).fork("group world");
    this.#machine = { clock, random, disk: new MemoryDisk(clock) };
    this.#trace = new Trace(keepsTrace);
    const migrations = [
      ...aheadMigrations,
      ...budgetMigrations,
      ...replicaMigrations,
      ...ledgerMigrations,
      ...splitMigrations,
    ];
    migrate(this.#machine.disk.database, migrations, clock);
  }

  /** Plays the world to its end. Whatever goes wrong in it is its outcome, never an exception. */
  async play(): Promise<WorldOutcome> {
    const { clock, disk } = this.#machine;
    let violation: Violation | null = null;
    try {
      this.#schedule();
      await this.#run();
      const reader = disk.openReader();
      checkNothingHeld(reader);
      this.#books.check(reader);
      checkChain(reader);
    } catch (error) {
      violation =
        error instanceof Violation
          ? error
          : new Violation("exception", error instanceof Error ? (error.stack ?? "?") : "?");
      this.#say(`violation ${violation.message}`);
    }
    disk.database.close();
    return {
      kind: "group",
      seed: this.#scenario.seed,
      violation,
      traceHash: this.#trace.digest(),
      trace: this.#trace.lines,
      steps: this.#steps,
      virtualMs: clock.monotonicMs(),
      requests: this.#scenario.calls.length,
      sometimes: this.#sometimes,
    };
  }

  async #run(): Promise<void> {
    await promiseJobs();
    while (this.#machine.clock.runNext()) {
      await promiseJobs();
      if (this.#defect !== null) throw this.#defect.error;
      this.#steps += 1;
      if (this.#steps > stepsLimit) throw new Violation("SIM-8", `more than ${stepsLimit} steps`);
    }
  }

  #schedule(): void {
    const { replicas, calls, disturbances, healMs } = this.#scenario;
    const { clock } = this.#machine;
    this.#writers = Array.from({ length: replicas }, () => ({ isPaused: false, fails: false }));
    for (let index = 0; index < replicas; index += 1) this.#start(index);
    for (const call of calls) clock.after(call.atMs, () => this.#ask(call));
    for (const each of disturbances) clock.after(each.atMs, () => this.#disturb(each));
    const probes = this.#probes();
    for (const [index, make] of probes.entries()) {
      clock.after(healMs + restMs + index * probeMs, () => this.#watched(make));
    }
    clock.after(healMs + restMs + probes.length * probeMs + restMs, () => this.#leave());
  }

  #start(index: number): void {
    const { tenants, writerLatencyMs } = this.#scenario;
    const { disk } = this.#machine;
    const replica: GroupReplica = new GroupReplica({
      machine: this.#machine,
      tenants,
      limitsOf: ({ tenant }) => this.#limits.of(tenant),
      writerLatencyMs,
      parts: this.#parts(),
      n: ++this.#starts,
      writesLost: (reason) => this.#lost(replica, reason),
      wrapLogs: (logs) =>
        watchedLogs(this.#mutant?.logs?.(logs, disk) ?? logs, disk, this.#sometimes),
    });
    this.#replicas[index] = replica;
    this.#applyWriter(index);
    replica.start().then(
      () => this.#say(`replica ${index} serves as ${replica.owner}`),
      () => {
        // A supervisor starts a process again that could not start.
        if (replica.isDead) return;
        replica.kill();
        this.#machine.clock.after(500, () => this.#start(index));
      },
    );
  }

  #parts(): PartMakers {
    const mutant = this.#mutant?.parts?.(standardParts, this.#machine.clock) ?? {};
    const parts = { ...standardParts, ...mutant };
    return {
      ...parts,
      membership: (ports) =>
        parts.membership({
          ...ports,
          closeBooks: (owner) => {
            this.#books.cut(owner);
            const isAlive = this.#replicas.some((each) => each.owner === owner && !each.isDead);
            if (isAlive && !this.#isLeaving) this.#sometimes.reached("process taken for dead");
            return ports.closeBooks(owner).then(() => this.#books.close(owner));
          },
        }),
    };
  }

  /** Whoever was taken for dead has had its calls closed by another. */
  #lost(replica: GroupReplica, reason: string): void {
    const wasCut = [...this.#books.records.values()].some(
      (record) => record.process === replica.n && record.wasCut,
    );
    if (wasCut) this.#sometimes.reached("end of a call refused: closed by another");
    else this.#fail(new Violation("MON-10", `writes were lost: ${reason}`));
  }

  #ask(call: GroupCall): void {
    const serving = this.#replicas.filter((each) => each.books !== null && !each.isDead);
    const replica = serving[call.replica % Math.max(1, serving.length)];
    if (replica === undefined) this.#sometimes.reached("client met a closed door");
    // One that is stopped takes it when it goes on.
    else if (replica.isStopped) replica.clock.soon(() => this.#watchedAsk(replica, call));
    else this.#watchedAsk(replica, call);
  }

  #watchedAsk(replica: GroupReplica, call: GroupCall): void {
    this.#watched(() => this.#askOf(replica, call));
  }

  #askOf(replica: GroupReplica, plan: GroupCall, mustPass = false): void {
    const { n } = plan;
    const call = replica.callOf(plan);
    const { changes } = this.#limits;
    let held: ReturnType<GroupReplica["reserve"]>;
    try {
      held = replica.reserve(call, plan);
    } catch (error) {
      this.#refused(replica, plan, error);
      if (mustPass) throw error;
      return;
    }
    const record: GroupRecord = {
      id: call.id,
      reserved: plan.reserved,
      spent: plan.spent,
      process: replica.n,
      owner: replica.owner,
      hold: held.hold,
      state: "asked",
      wasCut: false,
    };
    this.#limits.check(call, held.hold);
    this.#books.records.set(call.id, record);
    this.#notePath(record);
    replica.intend(call, held).then(
      () =>
        this.#watched(() => {
          if (replica.isDead) return;
          this.#say(`call ${n} is sent`);
          this.#books.sent(record, replica.reader);
          replica.clock.after(plan.holdMs, () =>
            this.#watched(() => {
              replica.settle(call, held, plan);
              this.#books.ended(record);
            }),
          );
        }),
      (error: unknown) =>
        this.#watched(() => {
          if (replica.isDead) return;
          record.state = "refused";
          checkSlices(replica.budgets);
          if (mustPass) throw error;
          // By which limits it was refused is not known where they changed meanwhile.
          if (changes === this.#limits.changes) this.#refused(replica, plan, error, true);
        }),
    );
  }

  #notePath({ hold }: GroupRecord): void {
    if (hold.windows.length === 0) return;
    const isAsked = hold.asks.length > 0;
    this.#sometimes.reached(isAsked ? "slice asked for more" : "call out of a slice");
  }

  #refused(replica: GroupReplica, plan: GroupCall, error: unknown, wasAsked = false): void {
    if (!(error instanceof Failure)) throw error;
    const { code } = error;
    this.#say(`call ${plan.n} is refused: ${code}`);
    if (code === "storage_unavailable") {
      // What the books suffice for, the store grants: it has not refused it each time anew.
      if (error.message.includes("not so much left")) {
        throw new Violation("MON-8 refusal", error.message);
      }
      this.#sometimes.reached("intent refused by the store");
      return;
    }
    if (wasAsked) this.#sometimes.reached("others were faster");
    const { principal, attribution } = replica.callOf(plan);
    const owner = replica.owner;
    const records = [...this.#books.records.values()].filter((each) => each.owner === owner);
    // What a process held under another name it still counts for a while.
    if (this.#wasRenamed(replica)) return;
    checkRefusal(
      error,
      {
        accounts: replica.budgets.booksOf({ principal, attribution }),
        amounts: plan.reserved,
      },
      { reader: replica.reader, owner, records },
    );
  }

  #wasRenamed(replica: GroupReplica): boolean {
    return [...this.#books.records.values()].some(
      (each) => each.process === replica.n && each.owner !== replica.owner && each.state === "open",
    );
  }

  #disturb(disturbance: GroupDisturbance): void {
    const { clock } = this.#machine;
    const { kind, replica: index } = disturbance;
    this.#say(`replica ${index}: ${kind}`);
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
      case "limits cut":
        this.#limits.cut(disturbance);
        return void clock.after(disturbance.forMs, () => this.#limits.restore(disturbance));
      case "process stops":
        return this.#stop(index, disturbance.forMs);
      case "crash":
        return this.#crash(index, disturbance.downMs);
      case "power cut":
        return this.#cutPower(disturbance.downMs);
    }
  }

  #changeWriter(index: number, change: Partial<{ isPaused: boolean; fails: boolean }>): void {
    this.#writers[index] = { isPaused: false, fails: false, ...this.#writers[index], ...change };
    this.#applyWriter(index);
  }

  #applyWriter(index: number): void {
    const writer = this.#replicas[index]?.writer;
    const { isPaused, fails } = this.#writers[index] ?? { isPaused: false, fails: false };
    writer?.failWith(fails ? { code: "storage_unavailable", message: "disk full" } : null);
    if (isPaused) writer?.pause();
    else writer?.resume();
  }

  #stop(index: number, forMs: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined || replica.isDead) return;
    replica.stop();
    this.#machine.clock.after(forMs, () => replica.goOn());
  }

  #crash(index: number, downMs: number): void {
    const replica = this.#replicas[index];
    if (replica === undefined || replica.isDead) return;
    this.#kill(replica);
    this.#machine.clock.after(downMs, () => this.#start(index));
  }

  #kill(replica: GroupReplica): void {
    this.#books.cut(replica.owner);
    replica.kill();
  }

  #cutPower(downMs: number): void {
    const { disk, random, clock } = this.#machine;
    const down = this.#replicas.flatMap((replica, index) =>
      replica.isDead ? [] : [{ replica, index }],
    );
    for (const { replica } of down) this.#kill(replica);
    if (disk.losePower(random.fork(`power cut at ${clock.monotonicMs()}`)) > 0) {
      this.#sometimes.reached("power cut lost transactions");
    }
    this.#books.powerCut(disk.openReader());
    for (const { index } of down) clock.after(downMs, () => this.#start(index));
  }

  /** Of each key in turn: a call for all that is free must pass, whoever is asked. */
  #probes(): (() => void)[] {
    const { tenants, replicas, calls } = this.#scenario;
    return tenants.flatMap(({ keys, teams }, tenant) =>
      keys.map((key, index) => () => {
        const replica = this.#replicas[(tenant + index) % replicas];
        if (replica === undefined || replica.books === null || replica.isDead) {
          throw new Violation("SIM-8", "a process does not serve at the end");
        }
        const n = calls.length + tenant * 10 + index;
        const plan = probeOf(replica, { n, tenant, key, team: teams[0] ?? null });
        if (plan !== null) this.#askOf(replica, plan, true);
      }),
    );
  }

  #leave(): void {
    this.#isLeaving = true;
    for (const replica of this.#replicas) {
      const group = replica.books?.group ?? null;
      if (group === null || replica.isDead) {
        this.#fail(new Violation("SIM-8", "a process does not serve at the end"));
        continue;
      }
      group.leave().catch((error: unknown) => this.#fail(error));
    }
  }

  #watched(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#defect ??= { error };
  }

  #say(line: string): void {
    this.#trace.add(`${this.#machine.clock.monotonicMs().toFixed(3)} ${line}`);
  }
}
