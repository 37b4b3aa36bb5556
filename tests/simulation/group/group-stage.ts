import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { aheadMigrations } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Sometimes } from "../base/sometimes.ts";
import { Trace } from "../base/trace.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { GroupBooks } from "./group-books.ts";
import { GroupLimits } from "./group-limits.ts";
import type { Machine } from "./group-replica.ts";
import type { GroupScenario } from "./group-scenario.ts";

/** What all parts of a world of processes share. */
export class GroupStage {
  readonly scenario: GroupScenario;
  readonly mutant: Mutant | null;
  readonly machine: Machine;
  readonly books: GroupBooks;
  readonly limits: GroupLimits;
  readonly sometimes = new Sometimes();
  /** Ids of the events that all processes have told of budgets. */
  readonly alerts: string[] = [];
  readonly #trace: Trace;
  #defect: { readonly error: unknown } | null = null;

  constructor(scenario: GroupScenario, mutant: Mutant | null, keepsTrace: boolean) {
    this.scenario = scenario;
    this.mutant = mutant;
    const limits = new GroupLimits(scenario);
    this.limits = limits;
    this.books = new GroupBooks((account) => limits.wholeOf(account));
    const clock = new VirtualClock();
    const random = new SeededRandom(scenario.seed).fork("group world");
    this.machine = { clock, random, disk: new MemoryDisk(clock) };
    this.#trace = new Trace(keepsTrace);
    const migrations = [
      ...aheadMigrations,
      ...budgetMigrations,
      ...replicaMigrations,
      ...ledgerMigrations,
      ...splitMigrations,
    ];
    migrate(this.machine.disk.database, migrations, clock);
  }

  get nowMs(): number {
    return this.machine.clock.monotonicMs();
  }

  /** Something observable happened: it becomes part of the hash by which runs are compared. */
  trace(line: string): void {
    this.#trace.add(`${this.nowMs.toFixed(3)} ${line}`);
  }

  get lines(): readonly string[] {
    return this.#trace.lines;
  }

  digest(): string {
    return this.#trace.digest();
  }

  /** Stops the world after this step; of several the first is told. */
  defect(error: unknown): void {
    this.#defect ??= { error };
  }

  /** Does it in the middle of a process: what goes wrong is a defect, and nobody else's. */
  watched(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.defect(error);
    }
  }

  throwDefect(): void {
    if (this.#defect !== null) throw this.#defect.error;
  }

  [Symbol.dispose](): void {
    this.machine.disk.database.close();
  }
}
