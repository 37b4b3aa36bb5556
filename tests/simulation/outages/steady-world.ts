import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { aheadMigrations } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { budgetMigrations } from "@sekisho/gateway/budget/store/migrations.sql.ts";
import type { Ledger, LedgerRow } from "@sekisho/gateway/ledger/ledger.ts";
import { ledgerMigrations } from "@sekisho/gateway/ledger/store/migrations.sql.ts";
import { replicaMigrations } from "@sekisho/gateway/replicas/store/migrations.sql.ts";
import { splitMigrations } from "@sekisho/gateway/splits/store/migrations.sql.ts";
import { standardParts } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { Dice } from "../base/dice.ts";
import { SimulatedProcess, type Serving } from "../simulated-process.ts";
import { loadKey } from "./steady-config.ts";
import { SteadyExchange, type SteadyAnswer } from "./steady-exchange.ts";
import { SteadyProviders, type SeenCall, type Weather } from "./steady-providers.ts";

/** One request of the load and what became of it. */
export interface LoadAnswer {
  readonly n: number;
  readonly atMs: number;
  readonly tookMs: number;
  /** 0: the connection was cut. */
  readonly status: number;
  /** Was it a stream that ended as it should, or a whole answer? */
  readonly isGood: boolean;
  readonly retryAfterS: number | null;
}

export interface Load {
  readonly perSecond: number;
  readonly forMs: number;
  /** Asked in turn. */
  readonly models: readonly string[];
  /** One request in so many is a stream: whole answers have no first-token stage. */
  readonly streamEvery?: number;
}

/** A change of a circuit, and when it came, from the start of the world. */
export interface SeenChange {
  readonly id: string;
  readonly to: string;
  readonly atMs: number;
}

/** What routing is judged by is in memory: nothing here needs a database. */
const noWriter: Writer = {
  commit: () => Promise.resolve(),
  enqueue: () => {},
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const usualStreamEvery = 4;

/** The real gateway under a steady load, in virtual time, before providers with a weather. */
export class SteadyWorld {
  readonly clock = new VirtualClock();
  readonly answers: LoadAnswer[] = [];
  /** What the gateway has booked, in order. */
  readonly rows: LedgerRow[] = [];
  readonly #disk = new MemoryDisk(this.clock);
  readonly #providers: SteadyProviders;
  readonly #process: SimulatedProcess;
  readonly #startWallMs = this.clock.wallMs();
  readonly #defects: unknown[] = [];
  #serving: Serving | null = null;
  #asked = 0;
  #open = 0;

  constructor(config: Config, weather: Weather, seed = 1) {
    const migrations = [
      ...aheadMigrations,
      ...budgetMigrations,
      ...replicaMigrations,
      ...ledgerMigrations,
      ...splitMigrations,
    ];
    migrate(this.#disk.database, migrations, this.clock);
    const random = new SeededRandom(seed);
    const dice = new Dice(random.fork("world"));
    const defect = (error: unknown): void => void this.#defects.push(error);
    this.#providers = new SteadyProviders(this.clock, dice.fork("providers"), weather);
    this.#process = new SimulatedProcess({
      clock: this.clock,
      random: random.fork("process"),
      disk: this.#disk,
      config,
      writerLatencyMs: 0,
      parts: { ...standardParts, ledger: (reader) => this.#watched(standardParts.ledger(reader)) },
      providers: this.#providers,
      dice: dice.fork("network"),
      defect,
      wrapWriter: () => noWriter,
      wrapExchange: (exchange) => exchange,
      logged: (line) => {
        if (line.includes('"level":"error"')) defect(new Error(line));
      },
      writesLost: (reason) => defect(new Error(reason)),
      bodyArrived: () => {},
      exchangeClosed: () => {},
    });
  }

  /** Every call that a provider got, in order. */
  get calls(): readonly SeenCall[] {
    return this.#providers.calls;
  }

  get billedNanoUsd(): number {
    return this.#providers.billedNanoUsd;
  }

  /** Calls that the gateway made of its own. */
  get probes(): number {
    return this.#providers.probes;
  }

  get circuits(): readonly CircuitView[] {
    return this.#serving?.gateway.health.circuits(this.clock.monotonicMs()) ?? [];
  }

  /** Only the latest 200 are known. */
  get changes(): readonly SeenChange[] {
    const latest = this.#serving?.gateway.circuitChanges.latest ?? [];
    return latest.map(({ id, to, atMs }) => ({ id, to, atMs: atMs - this.#startWallMs }));
  }

  /** Calls under way, exchanges and timers, when nobody asks any more. */
  get left(): number {
    const responses = this.#serving?.gateway.responses.running ?? 0;
    return this.#open + responses;
  }

  /** Asks steadily, and returns when the time is over; answers may still be on their way. */
  async run({ perSecond, forMs, models, streamEvery = usualStreamEvery }: Load): Promise<void> {
    if (this.#serving === null) {
      [this.#serving] = await Promise.all([this.#process.start(), this.clock.elapse(1)]);
    }
    const fromMs = this.clock.monotonicMs();
    const everyMs = 1_000 / perSecond;
    const count = Math.round(forMs / everyMs);
    let asked = 0;
    const askNext = (): void => {
      this.#ask(models[asked % models.length] ?? "", streamEvery);
      asked += 1;
      if (asked === count) return;
      this.clock.after(fromMs + asked * everyMs - this.clock.monotonicMs(), askNext);
    };
    if (count > 0) askNext();
    await this.rest(forMs);
  }

  /** Time passes without requests. */
  async rest(forMs: number): Promise<void> {
    await this.clock.elapse(forMs);
    const [defect] = this.#defects;
    if (defect !== undefined) throw new Error("The world is not as it must be", { cause: defect });
  }

  [Symbol.dispose](): void {
    this.#process.kill();
    this.#disk.database.close();
  }

  #watched(ledger: Ledger): Ledger {
    return {
      intent: (row) => ledger.intent(row),
      openIntents: (of) => ledger.openIntents(of),
      terminal: (rows) => {
        this.rows.push(...rows);
        return ledger.terminal(rows);
      },
    };
  }

  #ask(model: string, streamEvery: number): void {
    const serving = this.#serving;
    if (serving === null) throw new Error("Cannot ask: the gateway has not started");
    this.#asked += 1;
    const isStream = this.#asked % streamEvery === 0;
    const n = this.#asked;
    const request = requestOf(n, model, isStream);
    const atMs = this.clock.monotonicMs();
    const { reception } = serving;
    this.#open += 1;
    const exchange = new SteadyExchange(request, reception, this.clock, (answer) => {
      this.#open -= 1;
      reception.exchangeClosed();
      const tookMs = this.clock.monotonicMs() - atMs;
      this.answers.push({ n, atMs, tookMs, ...answered(answer) });
    });
    const refusal = reception.admit(exchange, request.head);
    if (refusal !== null) throw new Error(`A head of the load was refused: ${refusal.message}`);
  }
}

function requestOf(n: number, model: string, stream: boolean) {
  const messages = [{ role: "user", content: `#${n}# Is the second volume in print?` }];
  const body = Buffer.from(JSON.stringify({ model, messages, max_tokens: 16, stream }));
  const head = {
    method: "POST",
    target: "/v1/chat/completions",
    protocol: "h1" as const,
    version: "1.1",
    remoteAddress: "192.0.2.7",
    connection: 1,
    headers: [
      "host",
      "gateway.example",
      "authorization",
      `Bearer ${loadKey}`,
      "content-type",
      "application/json",
      "content-length",
      String(body.length),
    ],
  };
  return { head, body };
}

function answered(answer: SteadyAnswer | null): Omit<LoadAnswer, "n" | "atMs" | "tookMs"> {
  const { status = 0, headers = [], body = "" } = answer ?? {};
  const at = headers.indexOf("retry-after");
  return {
    status,
    isGood: status === 200 && !body.includes('"error"'),
    retryAfterS: at === -1 ? null : Number(headers[at + 1]),
  };
}
