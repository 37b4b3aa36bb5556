import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import { feedbackMigrations } from "@sekisho/gateway/feedback/store/migrations.sql.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { commanded } from "@sekisho/gateway/splits/split-change.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { SqliteArmBooks } from "@sekisho/gateway/splits/store/sqlite-arm-books.ts";
import { SqliteSplitStore } from "@sekisho/gateway/splits/store/sqlite.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { aheadMigrations } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { auditMigrations } from "@sekisho/server/audit/store/migrations.sql.ts";
import { splitEntry } from "@sekisho/server/audit/split-entry.ts";
import { standardParts, type PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import type { SplitCommand } from "@sekisho/wire/admin/splits.ts";
import { Dice } from "../base/dice.ts";
import { Sometimes } from "../base/sometimes.ts";
import { Trace } from "../base/trace.ts";
import { Violation } from "../base/violation.ts";
import type { Mutant } from "../mutants/mutant.ts";
import { SteadyExchange } from "../outages/steady-exchange.ts";
import { SteadyProviders, type Weather } from "../outages/steady-providers.ts";
import type { WorldOutcome } from "../world.ts";
import { SplitBooks } from "./split-books.ts";
import { checkSplit } from "./check-split.ts";
import { splitConfig } from "./split-config.ts";
import { SplitProcess } from "./split-process.ts";
import { splitRequest } from "./split-request.ts";
import type { ToldCall } from "./split-rows.ts";
import { splitName, type CrashPlan, type SplitScenario } from "./split-scenario.ts";

/** So long nobody dies and nothing fails any more: a canary has reached its end by then. */
const healMs = 90_000;
const healStepMs = 5_000;
const settleMs = 12_000;
/** A supervisor notices a death, and the others are told. */
const noticedMs = 50;

/** Processes on one machine that divide the calls of one split, in virtual time. */
export class SplitWorld {
  readonly #scenario: SplitScenario;
  readonly #mutant: Mutant | null;
  readonly #clock = new VirtualClock();
  readonly #startWallMs = this.#clock.wallMs();
  readonly #disk = new MemoryDisk(this.#clock);
  readonly #random: SeededRandom;
  readonly #dice: Dice;
  readonly #trace: Trace;
  readonly #sometimes = new Sometimes();
  readonly #books = new SplitBooks();
  readonly #providers: SteadyProviders;
  readonly #processes: (SplitProcess | null)[] = [];
  readonly #told: ToldCall[] = [];
  #hasHealed = false;
  #starts = 0;
  #asked = 0;
  #orders = 0;
  #defect: { readonly error: unknown } | null = null;

  constructor(scenario: SplitScenario, mutant: Mutant | null = null, keepsTrace = false) {
    this.#scenario = scenario;
    this.#mutant = mutant;
    this.#random = new SeededRandom(scenario.seed).fork("split world");
    this.#dice = new Dice(this.#random.fork("load"));
    this.#trace = new Trace(keepsTrace);
    const dice = new Dice(this.#random.fork("providers"));
    this.#providers = new SteadyProviders(this.#clock, dice, this.#weather());
    const migrations = [
      ...aheadMigrations,
      ...budgetMigrations,
      ...replicaMigrations,
      ...ledgerMigrations,
      ...splitMigrations,
      ...feedbackMigrations,
      ...auditMigrations,
    ];
    migrate(this.#disk.database, migrations, this.#clock);
  }

  /** Plays the world to its end. Whatever goes wrong in it is its outcome, never an exception. */
  async play(): Promise<WorldOutcome> {
    let violation: Violation | null = null;
    try {
      await this.#run();
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? "?") : "?";
      violation = error instanceof Violation ? error : new Violation("exception", text);
      this.#say(`violation ${violation.message}`);
    }
    for (const process of this.#processes) process?.kill();
    this.#disk.database.close();
    return {
      kind: "splits",
      seed: this.#scenario.seed,
      violation,
      traceHash: this.#trace.digest(),
      trace: this.#trace.lines,
      steps: this.#asked,
      virtualMs: this.#clock.monotonicMs(),
      requests: this.#asked,
      sometimes: this.#sometimes,
    };
  }

  async #run(): Promise<void> {
    const { processes, forMs, orders, crashes } = this.#scenario;
    for (let index = 0; index < processes; index += 1) this.#start(index);
    this.#askOn();
    for (const { atMs, process, order } of orders) {
      this.#clock.after(atMs, () => void this.#order(process, order));
    }
    for (const crash of crashes) this.#clock.after(crash.atMs, () => this.#crash(crash));
    await this.#pass(forMs);
    await this.#heal();
    const endMs = this.#clock.monotonicMs();
    this.#hasHealed = true;
    await this.#pass(settleMs);
    this.#check(endMs);
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.elapse(ms);
    if (this.#defect !== null) throw this.#defect.error;
  }

  /** A canary that is well now reaches its end; what failed before is forgotten by a new phase. */
  async #heal(): Promise<void> {
    await this.#pass(settleMs);
    const state = () => new SqliteSplitStore(this.#disk.openReader()).states().get(splitName);
    if (state()?.canary?.state === "running") await this.#order(0, { command: "pause" });
    if (state()?.canary?.state === "paused") await this.#order(0, { command: "resume" });
    for (let passed = 0; passed < healMs; passed += healStepMs) {
      if ((state()?.canary ?? null) === null) return;
      await this.#pass(healStepMs);
    }
    const at = JSON.stringify(state()?.canary);
    throw new Violation("RTE-4 canary", `a healthy canary has not reached its end: ${at}`);
  }

  #weather(): Weather {
    const { spells, wrong, forMs } = this.#scenario;
    return ({ model, atMs, draw }) => {
      const spell = spells.find(
        ({ arm, fromMs, toMs }) =>
          (arm === null || arm === model) && atMs >= fromMs && atMs < Math.min(toMs, forMs),
      );
      if (spell !== undefined && draw < spell.failing) return { kind: "refuses", status: 503 };
      if (draw > 1 - wrong) return { kind: "refuses", status: 400 };
      return { kind: "answers", slowness: 1 };
    };
  }

  #start(index: number): void {
    const { clock, random, disk } = {
      clock: this.#clock,
      random: this.#random.fork(`process ${++this.#starts}`),
      disk: this.#disk,
    };
    const defect = (error: unknown): void => void (this.#defect ??= { error });
    const process = new SplitProcess({
      clock,
      random,
      disk,
      config: splitConfig(this.#scenario),
      writerLatencyMs: this.#scenario.writerLatencyMs,
      parts: this.#parts(),
      providers: this.#providers,
      dice: new Dice(random.fork("network")),
      isAlone: this.#scenario.processes === 1,
      allJudge: this.#mutant?.allJudge === true,
      defect,
      wrapWriter: (writer) => this.#mutant?.writer?.(writer) ?? writer,
      wrapExchange: (exchange) => this.#mutant?.exchange?.(exchange) ?? exchange,
      logged: (line) => {
        if (line.includes('"level":"error"')) defect(new Violation("no defect", line));
      },
      writesLost: (reason) => defect(new Violation("MON-10", `writes were lost: ${reason}`)),
      bodyArrived() {},
      exchangeClosed() {},
    });
    this.#processes[index] = process;
    process.start().catch(defect);
  }

  #parts(): PartMakers {
    const parts = {
      ...standardParts,
      ...this.#mutant?.parts?.(standardParts, this.#clock),
    };
    return {
      ...parts,
      arms: (reader) => this.#books.watchArms(parts.arms(reader)),
      splits: (own) => parts.splits({ ...own, store: this.#books.watchStore(own.store) }),
    };
  }

  #crash({ process: index, downMs }: CrashPlan): void {
    const process = this.#processes[index];
    if (process === null || process === undefined) return;
    const { name } = process;
    this.#say(`process ${index} is killed`);
    if (process.serving?.gateway.group?.membership.leads) {
      this.#sometimes.reached("who judges arms died");
    }
    process.kill();
    this.#processes[index] = null;
    this.#clock.after(noticedMs, () => {
      for (const other of this.#processes) {
        void other?.serving?.gateway.group?.membership.died(name);
      }
    });
    this.#clock.after(downMs, () => this.#start(index));
  }

  #askOn(): void {
    if (this.#hasHealed) return;
    this.#clock.after(this.#dice.between(0, 2_000 / this.#scenario.perSecond), () => {
      this.#ask();
      this.#askOn();
    });
  }

  #ask(): void {
    const n = ++this.#asked;
    const request = splitRequest(n, this.#dice, this.#scenario);
    const serving = this.#dice.pick([...this.#processes, null])?.serving ?? this.#anybody?.serving;
    if (!serving) return;
    const { reception } = serving;
    const exchange = new SteadyExchange(request, reception, this.#clock, (answer) => {
      reception.exchangeClosed();
      const { status = 0, headers = [] } = answer ?? {};
      const header = (name: string): string | null => {
        const at = headers.indexOf(name);
        return at === -1 ? null : (headers[at + 1] ?? null);
      };
      const id = (header("x-sekisho-request-id") ?? "").replace("req_", "");
      const arm = header("x-sekisho-arm");
      this.#told.push({ id, subject: request.subject, arm, status });
      this.#say(`call ${n} ${status} ${arm}`);
    });
    const refusal = reception.admit(exchange, request.head);
    if (refusal !== null) this.#defect ??= { error: new Violation("world", refusal.message) };
  }

  get #anybody(): SplitProcess | undefined {
    return this.#processes.find((each) => each?.serving) ?? undefined;
  }

  /** What an administrator asks of a process; what cannot be is refused, and changes nothing. */
  async #order(which: number, order: SplitCommand): Promise<void> {
    const process = this.#processes[which % this.#processes.length] ?? this.#anybody;
    const gateway = process?.serving?.gateway;
    if (process === undefined || gateway === undefined) return;
    const [split] = gateway.catalog().splits();
    if (split === undefined) throw new Violation("world", "there is no split");
    const by = "key_admin";
    const requestId = `req_order${++this.#orders}`;
    const asked = gateway.splits.change(split, (standing) => commanded(standing, order), {
      by,
      requestId,
      also: (change) => [
        process.audit.row(splitEntry({ split: splitName, ...change }, { by, requestId })),
      ],
    });
    // It may be killed in the midst: then nobody answers.
    const pending = asked.then(
      (row) => this.#say(`order ${order.command}: ${row?.words}`),
      (error: unknown) => {
        const isRefused =
          error instanceof Failure && ["conflict", "invalid_value"].includes(error.code);
        if (isRefused) this.#sometimes.reached("order to a split refused");
        else if (process.serving !== null) this.#defect ??= { error };
      },
    );
    if (this.#clock.monotonicMs() > this.#scenario.forMs) await this.#settled(pending);
  }

  async #settled(pending: Promise<void>): Promise<void> {
    await this.#pass(200);
    await pending;
  }

  #check(endMs: number): void {
    const reader = this.#disk.openReader();
    const rows = new SqliteSplitStore(reader).latest(splitName, 200).toReversed();
    const split: SplitChoice | undefined = this.#anybody?.serving?.gateway.catalog().splits()[0];
    if (split === undefined) throw new Violation("SIM-8", "no process serves at the end");
    for (const { phase, event, arm, by } of rows) this.#say(`${phase} ${event} ${arm} ${by}`);
    const subjects = new Map(this.#told.map(({ id, subject }) => [id, subject]));
    const times = { startWallMs: this.#startWallMs, endMs };
    checkSplit({
      scenario: this.#scenario,
      phases: this.#books.phases(split, rows, times),
      calls: this.#books.calls.map((call) => ({ ...call, subject: subjects.get(call.id) ?? null })),
      rows,
      reader,
      arms: new SqliteArmBooks(reader),
      told: this.#told,
      sometimes: this.#sometimes,
    });
  }

  #say(line: string): void {
    this.#trace.add(`${this.#clock.monotonicMs().toFixed(3)} ${line}`);
  }
}
