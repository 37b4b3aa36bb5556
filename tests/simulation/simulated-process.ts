import assert from "node:assert/strict";
import { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { Pepper } from "@sekisho/gateway/identity/pepper.ts";
import { PepperSeal } from "@sekisho/gateway/identity/pepper-seal.ts";
import { gatewayLogFields, type GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { MemoryStreamDisk } from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { egressRefusal } from "@sekisho/lib/http/egress.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { defaultHttpLimits } from "@sekisho/lib/http/limits.ts";
import { Reception } from "@sekisho/lib/http/listener/reception.ts";
import type { ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { ownLog } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { recoverDisk } from "@sekisho/lib/storage/memory/memory-ahead-log.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { frontOf, publicRoutes } from "@sekisho/server/compose/edge/edge.ts";
import { composeGateway, type Gateway } from "@sekisho/server/compose/gateway/gateway.ts";
import type { PartMakers, SharedBooks } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { configuredKeys } from "@sekisho/server/compose/identity/identity.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import type { Front } from "@sekisho/server/edge/front.ts";
import { ModelList } from "@sekisho/server/edge/v1/models.ts";
import { MortalClock } from "./base/mortal-clock.ts";
import type { Dice } from "./base/dice.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { NamedCalls } from "./named-calls.ts";
import { SimulatedUpstream, type Providers } from "./providers/simulated-upstream.ts";
import type { SimulatedConnection } from "./network/simulated-connection.ts";
import { SimulatedExchange } from "./network/simulated-exchange.ts";

export interface ProcessWorld {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly disk: MemoryDisk;
  readonly config: Config;
  readonly writerLatencyMs: number;
  readonly parts: PartMakers;
  /** Where other processes have the same books: told under which name it stands in them. */
  readonly named?: SharedBooks["named"];
  readonly providers: Providers;
  readonly dice: Dice;
  /** Where requests have names: what is recorded of their answers, and mistakes in that. */
  readonly names?: { readonly disk: MemoryStreamDisk; readonly mutant: Mutant | null };
  defect(error: unknown): void;
  /** What stands between the process and its writer: the world looks on, mutants do worse. */
  wrapWriter(writer: Writer): Writer;
  wrapExchange(exchange: Exchange): Exchange;
  /** A line of the process's own log at level warn or error. */
  logged(line: string): void;
  writesLost(reason: string): void;
  bodyArrived(exchange: SimulatedExchange): void;
  exchangeClosed(exchange: SimulatedExchange, clean: boolean): void;
}

/** What a process has once it is ready. */
export interface Serving {
  readonly gateway: Gateway;
  readonly reception: Reception;
}

interface FrontParts {
  readonly keyring: Keyring;
  readonly log: GatewayLog;
  readonly once: ReturnType<NamedCalls["compose"]> | undefined;
}

const pepper = new Pepper(1, new Map([[1, Buffer.alloc(32, 7)]]));

/** SEC-4 as the program sets it. */
const bodyBytesLimit = 32 * 1024 * 1024;

/** One life of the gateway: the real composition on simulated ports. */
export class SimulatedProcess {
  readonly writer: MemoryWriter;
  readonly reader: Reader;
  readonly #world: ProcessWorld;
  readonly #clock: MortalClock;
  readonly #open = new Map<SimulatedExchange, SimulatedConnection>();
  readonly #upstream: SimulatedUpstream;
  readonly #named: NamedCalls | null;
  #serving: Serving | null = null;
  #isDead = false;

  constructor(world: ProcessWorld) {
    const { disk, writerLatencyMs } = world;
    this.#world = world;
    this.#clock = new MortalClock(world.clock);
    this.reader = disk.openReader();
    this.#upstream = new SimulatedUpstream(world, world.providers);
    const { names } = world;
    this.#named = names === undefined ? null : new NamedCalls(names, this.#clock);
    this.writer = new MemoryWriter({
      disk,
      clock: this.#clock,
      onLoss: ({ message }) => world.writesLost(message),
      latencyMs: (durability) => (durability === "power" ? 4 : 1) * writerLatencyMs,
    });
  }

  /** Null until the process serves. */
  get serving(): Serving | null {
    return this.#serving;
  }

  /** Serves what is on the disk; calls that a crash left open are closed before it resolves. */
  async start(): Promise<Serving> {
    const { config, random, parts, named } = this.#world;
    const clock = this.#clock;
    const log = this.#log();
    // Of several each has a log of its own name, once it is known, and leaves those of the others.
    if (named === undefined) {
      recoverDisk(this.#world.disk);
      await this.writer.goAhead(ownLog);
    }
    const keyring = new Keyring(pepper, clock);
    keyring.configure(configuredKeys(config));
    const writer = this.#world.wrapWriter(this.writer);
    await this.#named?.recover();
    const gateway = await composeGateway(
      {
        clock,
        random: random.fork("gateway"),
        writer,
        reader: this.reader,
        upstreamFor: () => this.#upstream,
        simulatorUrl: null,
        awsChain: { current: () => null },
        // The world has providers, and nothing else to call.
        egress: { fetch: async () => egressRefusal("unreachable", "there is no internet") },
        dialer: { dial: () => assert.fail("the world probes nobody") },
        keyring,
        sealOf: (provider) => new PepperSeal(pepper, provider),
        log,
        metrics: new Metrics(),
        ...(named === undefined ? {} : { shared: { named, logs: this.writer } }),
      },
      config,
      parts,
    );
    const { reader } = this;
    const once = this.#named?.compose({ gateway, config, clock, log, reader, writer });
    const front = this.#front(gateway, { keyring, log, once });
    const reception = new Reception({
      limits: defaultHttpLimits,
      clock,
      handler: (exchange) => front.handle(this.#world.wrapExchange(exchange)),
      answerRefusal: front.answerRefusal,
    });
    this.#serving = { gateway, reception };
    return this.#serving;
  }

  /** A request head has arrived; null when nobody listens. */
  accept(head: ParsedHead, connection: SimulatedConnection): SimulatedExchange | null {
    if (this.#serving === null || this.#isDead) return null;
    const { reception } = this.#serving;
    const exchange = new SimulatedExchange(head, reception, connection, {
      bodyArrived: (whose) => this.#world.bodyArrived(whose),
      exchangeClosed: (closed, clean) => {
        this.#open.delete(closed);
        reception.exchangeClosed();
        this.#world.exchangeClosed(closed, clean);
      },
    });
    this.#open.set(exchange, connection);
    const refusal = reception.admit(exchange, head);
    if (refusal !== null) throw new Error(`A head of the world was refused: ${refusal.message}`);
    return exchange;
  }

  /** kill -9: nothing more happens in here, and the kernel closes what was open. */
  kill(): void {
    this.#isDead = true;
    this.#serving = null;
    this.#clock.die();
    this.writer.crash();
    this.#named?.crash();
    this.#upstream.orphanAll();
    for (const connection of this.#open.values()) connection.serverDied();
    this.#open.clear();
  }

  #front(gateway: Gateway, { keyring, log, once }: FrontParts): Front {
    const { random, config } = this.#world;
    const clock = this.#clock;
    const ids = new IdSource(clock, random.fork("ids"));
    const { pipeline, tokenCounts, embeddings, wheel, health, refused } = gateway;
    const { flushMs, heartbeatMs } = config.streams;
    const isDraining = (): boolean => false;
    const model = {
      pipeline,
      tokenCounts,
      embeddings,
      makesVectors: (name: string) => gateway.catalog().makesVectors(name),
      ids,
      clock,
      wheel,
      log,
      refused,
      flushMs,
      heartbeatMs,
      bodyBytesLimit,
      isDraining,
      ...once,
    };
    const parts = {
      ids,
      log,
      model,
      chat: [],
      models: new ModelList({ keyring, catalog: gateway.catalog, clock, ids, log, startedMs: 0 }),
      budget: { keyring, rates: gateway.rates, budgets: gateway.budgets, ids, log },
      usage: {
        keyring,
        rates: gateway.rates,
        usage: () => {
          throw new Error("Nobody asks for usage in the simulation");
        },
        clock,
        ids,
        log,
      },
      introduce: () => null,
      crossOrigin: null,
      health: {
        isDraining,
        isStoreUp: () => true,
        keepsAnswers: () => true,
        providers: gateway.providers,
        circuits: () => health.circuits(clock.monotonicMs()),
        drained: () => new Set<string>(),
        unserved: () => [],
        processes: () => null,
        load: () => gateway.load.state,
      },
    };
    return frontOf(parts, publicRoutes(parts), null);
  }

  #log(): GatewayLog {
    const sink = {
      write: (text: string) => {
        this.#world.logged(text);
        return true;
      },
      onDrain: () => {},
    };
    const clock = this.#clock;
    return new Log({
      clock,
      sink,
      format: "json",
      level: () => "warn",
      extraFields: gatewayLogFields,
    });
  }
}
