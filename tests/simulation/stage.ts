import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { idempotencyMigrations } from "@sekisho/gateway/idempotency/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { MemoryStreamDisk } from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { aheadMigrations } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Dice } from "./base/dice.ts";
import { Sometimes } from "./base/sometimes.ts";
import { Trace } from "./base/trace.ts";
import type { Mutant } from "./mutants/mutant.ts";
import type { Scenario } from "./scenario/scenario.ts";

/** What all parts of a world share. */
export class Stage {
  readonly scenario: Scenario;
  readonly mutant: Mutant | null;
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly dice: Dice;
  readonly disk: MemoryDisk;
  /** Where recorded answers are: it outlives processes, and its writers fail with no other. */
  readonly streamDisk: MemoryStreamDisk;
  readonly sometimes = new Sometimes();
  readonly #trace: Trace;
  #defect: { readonly error: unknown } | null = null;

  constructor(scenario: Scenario, mutant: Mutant | null, keepsTrace: boolean) {
    this.scenario = scenario;
    this.mutant = mutant;
    this.random = new SeededRandom(scenario.seed).fork("world");
    this.dice = new Dice(this.random);
    this.disk = new MemoryDisk(this.clock);
    this.streamDisk = new MemoryStreamDisk(this.clock);
    this.#trace = new Trace(keepsTrace);
    const migrations = [
      ...aheadMigrations,
      ...budgetMigrations,
      ...replicaMigrations,
      ...ledgerMigrations,
      ...splitMigrations,
      ...idempotencyMigrations,
    ];
    migrate(this.disk.database, migrations, this.clock);
  }

  get nowMs(): number {
    return this.clock.monotonicMs();
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

  /** Does it in the middle of the gateway: what goes wrong is a defect, caught there or not. */
  watched<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      this.defect(error);
      throw error;
    }
  }

  throwDefect(): void {
    if (this.#defect !== null) throw this.#defect.error;
  }

  [Symbol.dispose](): void {
    this.disk.database.close();
  }
}
