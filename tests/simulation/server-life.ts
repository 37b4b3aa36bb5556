import { isNothing, nothing, type Amounts } from "@sekisho/gateway/amounts.ts";
import type { ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { noBalancers } from "@sekisho/server/compose/routing/balancers.ts";
import { standardParts, type PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import { Violation } from "./base/violation.ts";
import type { IntentBook } from "./checks/intent-book.ts";
import { checkSpent, checkTerminals, spentByRows } from "./checks/ledger-check.ts";
import { ShadowBudgets } from "./checks/shadow-budgets.ts";
import type { SimulatedConnection } from "./network/simulated-connection.ts";
import type { SimulatedExchange } from "./network/simulated-exchange.ts";
import { budgetsOfKeys, cutLimits, type LimitsCut } from "./scenario/cut-limits.ts";
import { gatewayConfig } from "./scenario/gateway-config.ts";
import type { BudgetPlan } from "./scenario/gateway-plan.ts";
import type { Disturbance } from "./scenario/scenario.ts";
import { RoutingWatch } from "./routing-watch.ts";
import type { Providers } from "./providers/simulated-upstream.ts";
import { SimulatedProcess, type ProcessWorld, type Serving } from "./simulated-process.ts";
import type { Stage } from "./stage.ts";

/** Who looks at the server from outside. */
export interface LifeObserver {
  bodyArrived(exchange: SimulatedExchange): void;
  exchangeClosed(exchange: SimulatedExchange, clean: boolean): void;
  serves(serving: Serving, routing: RoutingWatch): void;
  /** Called before the process is gone. */
  dies(): void;
}

export interface LifeParts {
  readonly stage: Stage;
  readonly intents: IntentBook;
  readonly providers: Providers;
  readonly observer: LifeObserver;
}

/** A supervisor starts a process again that could not start. */
const restartMs = 500;

/** The server over time: its processes one after the other, and what happens to its machine. */
export class ServerLife {
  readonly #parts: LifeParts;
  #config: Config;
  /** The limits of each key, as they are now. */
  #plans: ReadonlyMap<string, readonly BudgetPlan[]>;
  readonly #cuts: LimitsCut[] = [];
  /** Who is taken out of use, as often as somebody asked for it. */
  readonly #drained: string[] = [];
  #process: SimulatedProcess | null = null;
  #routing: RoutingWatch;
  #shadow: ShadowBudgets;
  #starts = 0;
  #writer = { isPaused: false, fails: false };

  constructor(parts: LifeParts) {
    this.#parts = parts;
    const { gateway } = parts.stage.scenario;
    this.#config = gatewayConfig(gateway);
    this.#plans = budgetsOfKeys(gateway.tenants);
    this.#shadow = this.#newShadow(new Map());
    this.#routing = new RoutingWatch(parts.stage, []);
  }

  get serving(): Serving | null {
    return this.#process?.serving ?? null;
  }

  get process(): SimulatedProcess | null {
    return this.#process;
  }

  /** Every circuit of the process that serves. */
  get circuits(): readonly CircuitView[] {
    return this.serving?.gateway.health.circuits(this.#parts.stage.nowMs) ?? [];
  }

  /** At every step of the world: the books hold. */
  check(): void {
    const serving = this.serving;
    if (serving !== null) this.#shadow.compare(serving.gateway.budgets);
  }

  /** When nothing runs any more. */
  checkIdle(): void {
    this.#routing.compareAll();
    this.#shadow.checkIdle();
    const serving = this.serving;
    if (serving === null) throw new Violation("SIM-8", "No process serves at the end");
    for (const { account, reserved } of serving.gateway.budgets.books()) {
      if (isNothing(reserved)) continue;
      throw new Violation("MON-8 leak", `${account}: ${JSON.stringify(reserved)} still reserved`);
    }
    const { open } = serving.gateway.rates;
    if (open > 0) throw new Violation("MON-13 leak", `${open} calls still hold their rates`);
  }

  start(): void {
    this.#starts += 1;
    this.#routing = new RoutingWatch(this.#parts.stage, this.#drained);
    const process = new SimulatedProcess(this.#world());
    this.#process = process;
    this.#applyWriterState();
    process.start().then(
      (serving) => this.#started(process, serving),
      (error: unknown) => this.#failedToStart(process, error),
    );
  }

  accept(head: ParsedHead, connection: SimulatedConnection): SimulatedExchange | null {
    return this.#process?.accept(head, connection) ?? null;
  }

  disturb(disturbance: Disturbance): void {
    const { stage } = this.#parts;
    stage.trace(`${disturbance.id}: ${disturbance.kind}`);
    switch (disturbance.kind) {
      case "wall clock steps":
        return stage.clock.stepWall(disturbance.byMs);
      case "writer pauses":
        return this.#changeWriter({ isPaused: true }, { isPaused: false }, disturbance.forMs);
      case "writer fails":
        return this.#changeWriter({ fails: true }, { fails: false }, disturbance.forMs);
      case "crash":
      case "power cut":
        return this.#crash(disturbance.kind === "power cut", disturbance.downMs);
      case "drain":
        return this.#drain(disturbance.name, disturbance.forMs);
      case "limits cut":
        return this.#cut(disturbance);
      case "command":
        return this.#command(disturbance);
    }
  }

  #drain(name: string, forMs: number): void {
    const { clock, sometimes } = this.#parts.stage;
    this.#drained.push(name);
    this.#configure();
    sometimes.reached("target drained");
    clock.after(forMs, () => {
      this.#drained.splice(this.#drained.indexOf(name), 1);
      this.#configure();
    });
  }

  #cut(cut: Extract<Disturbance, { kind: "limits cut" }>): void {
    const { clock, sometimes } = this.#parts.stage;
    this.#cuts.push(cut);
    this.#configure();
    sometimes.reached("limits cut");
    clock.after(cut.forMs, () => {
      this.#cuts.splice(this.#cuts.indexOf(cut), 1);
      this.#configure();
    });
  }

  /** A process that is about to start takes its configuration when it serves. */
  #configure(): void {
    const { gateway: plan } = this.#parts.stage.scenario;
    const tenants = cutLimits(plan.tenants, this.#cuts);
    this.#config = gatewayConfig({ ...plan, tenants }, this.#drained);
    this.#plans = budgetsOfKeys(tenants);
    this.#serving(({ gateway }) => {
      gateway.prepare(this.#config, noBalancers)();
      this.#routing.drain(this.#drained);
    });
  }

  #command({ circuit, command, forMs }: Extract<Disturbance, { kind: "command" }>): void {
    const { clock, sometimes } = this.#parts.stage;
    const routing = this.#routing;
    this.#serving(() => {
      routing.command(circuit, command);
      if (command === "reset") return;
      sometimes.reached("circuit forced");
      clock.after(forMs, () => {
        if (routing === this.#routing) this.#serving(() => routing.command(circuit, "reset"));
      });
    });
  }

  #serving(run: (serving: Serving) => void): void {
    if (this.serving !== null) run(this.serving);
  }

  #changeWriter(
    now: Partial<{ isPaused: boolean; fails: boolean }>,
    then: Partial<{ isPaused: boolean; fails: boolean }>,
    forMs: number,
  ): void {
    this.#writer = { ...this.#writer, ...now };
    this.#applyWriterState();
    this.#parts.stage.clock.after(forMs, () => {
      this.#writer = { ...this.#writer, ...then };
      this.#applyWriterState();
    });
  }

  #applyWriterState(): void {
    const writer = this.#process?.writer;
    if (writer === undefined) return;
    const { isPaused, fails } = this.#writer;
    writer.failWith(fails ? { code: "storage_unavailable", message: "disk full" } : null);
    if (isPaused) writer.pause();
    else writer.resume();
  }

  #crash(losesPower: boolean, downMs: number): void {
    const { stage, observer, intents } = this.#parts;
    if (this.#process === null) return;
    observer.dies();
    this.#process.kill();
    this.#process = null;
    if (losesPower) {
      const lost = stage.disk.losePower(stage.random.fork(`power cut at ${stage.nowMs}`));
      if (lost > 0) stage.sometimes.reached("power cut lost transactions");
      intents.forgetLost(stage.disk.openReader());
    }
    stage.clock.after(downMs, () => this.start());
  }

  #started(process: SimulatedProcess, serving: Serving): void {
    if (process !== this.#process) return;
    try {
      const { stage, intents, observer } = this.#parts;
      stage.trace(`process ${this.#starts} serves`);
      const ledger = checkTerminals(process.reader, intents);
      const spent = spentByRows(ledger, intents);
      checkSpent(process.reader, spent);
      this.#shadow = this.#newShadow(spent);
      this.#shadow.watch(serving.gateway.budgets);
      this.#routing.serves(serving.gateway);
      observer.serves(serving, this.#routing);
      this.#configure();
    } catch (error) {
      this.#parts.stage.defect(error);
    }
  }

  #failedToStart(process: SimulatedProcess, error: unknown): void {
    const { stage } = this.#parts;
    if (!this.#writer.fails) stage.defect(error);
    if (process !== this.#process) return;
    stage.sometimes.reached("restart failed on a broken store");
    process.kill();
    this.#process = null;
    stage.clock.after(restartMs, () => this.start());
  }

  #newShadow(spent: ReadonlyMap<string, Amounts>): ShadowBudgets {
    const { clock, sometimes } = this.#parts.stage;
    return new ShadowBudgets({
      clock,
      sometimes,
      plansOf: (keyId) => this.#plans.get(keyId) ?? [],
      settledBefore: (account, windowStartMs) =>
        spent.get(`${account}@${windowStartMs}`) ?? nothing,
    });
  }

  #world(): ProcessWorld {
    const { stage, intents, observer, providers } = this.#parts;
    const { mutant } = stage;
    return {
      clock: stage.clock,
      random: stage.random.fork(`process ${this.#starts}`),
      disk: stage.disk,
      names: { disk: stage.streamDisk, mutant },
      config: this.#config,
      writerLatencyMs: stage.scenario.writerLatencyMs,
      parts: this.#makers(),
      providers,
      dice: stage.dice.fork(`network of process ${this.#starts}`),
      defect: (error) => stage.defect(error),
      wrapWriter: (writer) => {
        const watched = intents.watchWriter(writer);
        return mutant?.writer?.(watched) ?? watched;
      },
      wrapExchange: (exchange) => mutant?.exchange?.(exchange) ?? exchange,
      logged: (line) => this.#logged(line),
      writesLost: (reason) => stage.defect(new Violation("MON-10", `writes were lost: ${reason}`)),
      bodyArrived: (exchange) => observer.bodyArrived(exchange),
      exchangeClosed: (exchange, clean) => observer.exchangeClosed(exchange, clean),
    };
  }

  #makers(): PartMakers {
    const { stage, intents } = this.#parts;
    const mutant = stage.mutant?.parts?.(standardParts, stage.clock) ?? {};
    const parts: PartMakers = { ...standardParts, ...mutant };
    return {
      ...this.#routing.watch(parts),
      ledger: (reader) => intents.watchLedger(parts.ledger(reader)),
    };
  }

  /** An error in the log is something that nobody foresaw. */
  #logged(line: string): void {
    if (!line.includes('"level":"error"')) return;
    this.#parts.stage.defect(new Violation("no defect", line));
  }
}
