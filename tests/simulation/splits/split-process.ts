import { SqliteFeedbackStore } from "@sekisho/gateway/feedback/store/sqlite.ts";
import { gatewayLogFields, type GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import type { Gateway } from "@sekisho/server/compose/gateway/gateway.ts";
import { SharedWatch } from "@sekisho/server/compose/group/shared-watch.ts";
import { watchSplits } from "@sekisho/server/compose/gateway/splits.ts";
import { AuditLog } from "@sekisho/server/audit/audit-log.ts";
import { sqliteAuditStore } from "@sekisho/server/audit/store/sqlite.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { MortalClock } from "../base/mortal-clock.ts";
import { SimulatedProcess, type ProcessWorld, type Serving } from "../simulated-process.ts";

export interface SplitProcessWorld extends ProcessWorld {
  readonly clock: VirtualClock;
  readonly isAlone: boolean;
  /** Of a mutant: who judges, whoever leads. */
  readonly allJudge: boolean;
}

/** A whole process with what judges its arms beside the calls, as the program has it. */
export class SplitProcess {
  readonly #process: SimulatedProcess;
  readonly #world: SplitProcessWorld;
  readonly #clock: MortalClock;
  readonly #upkeep: Disposable[] = [];
  #named = "";
  #serving: Serving | null = null;
  readonly audit: AuditLog;

  constructor(world: SplitProcessWorld) {
    this.#world = world;
    this.#clock = new MortalClock(world.clock);
    const named = (id: string): void => void (this.#named = id);
    this.#process = new SimulatedProcess({ ...world, ...(world.isAlone ? {} : { named }) });
    this.audit = new AuditLog({
      store: sqliteAuditStore(this.#process.reader, () => Promise.resolve()),
      writer: this.#process.writer,
      clock: this.#clock,
      tell() {},
    });
  }

  /** Its name among the others. */
  get name(): string {
    return this.#named;
  }

  /** Null until it serves, and once it is dead. */
  get serving(): Serving | null {
    return this.#serving;
  }

  async start(): Promise<void> {
    const serving = await this.#process.start();
    this.#serving = serving;
    this.#keepUp(serving.gateway);
  }

  kill(): void {
    this.#serving = null;
    for (const each of this.#upkeep) each[Symbol.dispose]();
    this.#clock.die();
    this.#process.kill();
  }

  #keepUp(gateway: Gateway): void {
    const { random, allJudge } = this.#world;
    const { writer, reader } = this.#process;
    const clock = this.#clock;
    const log = this.#log();
    const membership = gateway.group?.membership;
    const watch = watchSplits({
      clock,
      random: random.fork("watch"),
      writer,
      log,
      gateway,
      feedback: new SqliteFeedbackStore(reader),
      audit: this.audit,
      leads: () => allJudge || membership?.leads !== false,
    });
    const looks = [() => gateway.splits.refresh()];
    this.#upkeep.push(watch, new SharedWatch({ clock, log, looks }));
  }

  #log(): GatewayLog {
    const write = (text: string): true => {
      this.#world.logged(text);
      return true;
    };
    const sink = { write, onDrain() {} };
    const level = () => "warn" as const;
    return new Log({
      clock: this.#clock,
      sink,
      format: "json",
      level,
      extraFields: gatewayLogFields,
    });
  }
}
