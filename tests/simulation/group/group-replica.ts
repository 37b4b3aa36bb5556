import assert from "node:assert/strict";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import { clientRequest } from "@sekisho/gateway/admission/client-request.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { LimitsOf } from "@sekisho/gateway/budget/budget-limit.ts";
import { CallBooks, type Held } from "@sekisho/gateway/calls/call-books.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { Settlement } from "@sekisho/gateway/ledger/settlement.ts";
import { Rates } from "@sekisho/gateway/limits/rates.ts";
import { gatewayLogFields } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Plan } from "@sekisho/gateway/plan.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { validate } from "@sekisho/gateway/validate/validate.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { AheadLogs } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import type { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { openBooks, type Books } from "@sekisho/server/compose/gateway/books.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { MortalClock } from "../base/mortal-clock.ts";
import { alertsIn } from "./alert-check.ts";
import type { GroupCall, GroupTenant } from "./group-scenario.ts";

/** What the processes of a host share. */
export interface Machine {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly disk: MemoryDisk;
}

export interface ReplicaWorld {
  readonly machine: Machine;
  readonly tenants: readonly GroupTenant[];
  /** What its tenants may spend, as it is now. */
  readonly limitsOf: LimitsOf;
  readonly writerLatencyMs: number;
  readonly parts: PartMakers;
  /** Which process this is, of all that ever were. */
  readonly n: number;
  writesLost(reason: string): void;
  /** It has told of a budget. */
  alerted(id: string): void;
  /** What stands between the process and its logs: the world looks on, mutants do worse. */
  wrapLogs(logs: AheadLogs): AheadLogs;
}

const body = Buffer.from(`{"model":"m","messages":[{"role":"user","content":"x"}]}`);
const request = clientRequest(validate({ surface: "openai.chat" }, body), body);
const plan: Plan = {
  model: "m",
  attempts: [],
  policy: { max: 1, backoffMs: 0, backoffMaxMs: 0 },
  reasons: [],
};

/** One process: the real books on a simulated machine, without what stands around them. */
export class GroupReplica {
  readonly writer: MemoryWriter;
  readonly reader: Reader;
  readonly clock: MortalClock;
  /** Which process it is, of all that ever were. */
  readonly n: number;
  readonly #world: ReplicaWorld;
  readonly #ids: IdSource;
  /** Whoever asks again is known: what is kept of it is found. */
  readonly #principals = new Map<string, Principal>();
  #books: Books | null = null;
  #calls: CallBooks | null = null;
  isDead = false;
  isStopped = false;

  constructor(world: ReplicaWorld) {
    const { machine, writerLatencyMs, n } = world;
    this.#world = world;
    this.n = n;
    this.clock = new MortalClock(machine.clock);
    this.#ids = new IdSource(this.clock, machine.random.fork(`ids of ${n}`));
    this.reader = machine.disk.openReader();
    this.writer = new MemoryWriter({
      disk: machine.disk,
      clock: this.clock,
      onLoss: ({ message }) => world.writesLost(message),
      latencyMs: (durability) => (durability === "power" ? 4 : 1) * writerLatencyMs,
    });
  }

  get books(): Books | null {
    return this.#books;
  }

  get budgets(): Budgets {
    assert.ok(this.#books !== null, "the process has not started");
    return this.#books.budgets;
  }

  /** Its name among the others. */
  get owner(): string {
    return this.#books?.group?.membership.id ?? "";
  }

  async start(): Promise<void> {
    const { machine, parts, n } = this.#world;
    const { clock, writer, reader } = this;
    const log = new Log({
      clock,
      sink: { write: (text) => this.#hear(text), onDrain: () => {} },
      format: "json",
      level: () => "warn",
      extraFields: gatewayLogFields,
    });
    const books = await openBooks(
      {
        clock,
        random: machine.random.fork(`process ${n}`),
        reader,
        writer,
        log,
        metrics: new Metrics(),
        shared: { named: () => {}, logs: this.#world.wrapLogs(writer) },
      },
      parts,
      this.#world.limitsOf,
    );
    this.#calls = new CallBooks({
      rates: new Rates(clock, () => []),
      budgets: books.budgets,
      ledger: books.ledger,
      arms: books.arms,
      writer,
      retries: { settled: () => {} },
      finished: { record: () => {} },
    });
    this.#books = books;
  }

  #hear(text: string): boolean {
    for (const id of alertsIn(text)) this.#world.alerted(id);
    return true;
  }

  callOf(asked: GroupCall): Call {
    const { n, session, rule } = asked;
    return {
      id: this.#ids.newBody(),
      principal: this.#principalOf(asked),
      attribution: { user: `u${n}`, session, rule, agent: null },
      request,
      entry: { name: "m", pools: [], policy: plan.policy, totalMs: 60_000 },
      lot: { turn: 0, draw: 0 },
      arrivedMs: this.clock.monotonicMs(),
      arrivedWallMs: this.clock.wallMs(),
      deadlineMs: Infinity,
      choice: null,
      isCritical: false,
      continues: false,
    };
  }

  #principalOf({ tenant, key, team }: GroupCall): Principal {
    const name = `${tenant} ${key} ${team}`;
    const known = this.#principals.get(name);
    if (known !== undefined) return known;
    const principal: Principal = {
      keyId: key,
      tenant: this.#world.tenants[tenant]?.name ?? "",
      team,
      role: "client",
      models: ["*"],
      surfaces: ["*"],
      criticality: usualCriticality,
      requestBudget: null,
      streamGraceMs: null,
    };
    this.#principals.set(name, principal);
    return principal;
  }

  reserve(call: Call, { reserved }: GroupCall): Held {
    const { principal } = call;
    const asker = { principal, user: null, connection: null, model: "m" };
    return this.#open.reserve({ call, asker, permit: null }, reserved);
  }

  intend(call: Call, held: Held): Promise<void> {
    return this.#open.intend(call, plan, held);
  }

  settle(call: Call, held: Held, { spent }: GroupCall): void {
    const settlement: Settlement = {
      call,
      attempts: [],
      counts: null,
      cause: null,
      costNanoUsd: spent.nanoUsd,
      excessNanoUsd: 0,
      attemptCostsNanoUsd: [],
      wasted: { own: 0, attempts: [] },
      isFree: false,
      isError: false,
      endedMs: this.clock.monotonicMs(),
      endedWallMs: this.clock.wallMs(),
    };
    this.#open.settle(settlement, held, spent);
  }

  /** SIGSTOP. */
  stop(): void {
    this.isStopped = true;
    this.clock.stop();
  }

  /** SIGCONT. */
  goOn(): void {
    this.isStopped = false;
    this.clock.goOn();
  }

  /** kill -9. */
  kill(): void {
    this.isDead = true;
    this.clock.die();
    this.writer.crash();
  }

  get #open(): CallBooks {
    assert.ok(this.#calls !== null, "the process has not started");
    return this.#calls;
  }
}
