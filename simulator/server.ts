import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { anthropicSurfaces } from "./anthropic/surfaces.ts";
import { bedrockSurfaces } from "./bedrock/surfaces.ts";
import { Bill, type BillLine, type Prices } from "./bill/bill.ts";
import type { CallRecord } from "./call-record.ts";
import { Control } from "./control.ts";
import { geminiSurfaces } from "./gemini/surfaces.ts";
import { Journal } from "./journal/journal.ts";
import { ModelCalls } from "./model-calls.ts";
import { openaiSurfaces } from "./openai/surfaces.ts";
import type { Hearing, Speaking } from "./peers.ts";
import { Gate } from "./play/gate.ts";
import { Places } from "./places.ts";
import { Port } from "./port.ts";
import { PromptCache } from "./prompt-cache.ts";
import { RuleBook } from "./scenario/rule-book.ts";
import type { Scenario } from "./scenario/scenario.ts";

const callsKept = 5_000;
const mostHeld = 10_000;
/** The dialects on the port. */
const surfaces = [...openaiSurfaces, ...anthropicSurfaces, ...bedrockSurfaces, ...geminiSurfaces];

/** Who may ask. */
export interface SimulatorAccess {
  /** The keys that are accepted, as bearers or in `x-api-key`; by default any, or none. */
  readonly keys?: readonly string[];
  /** Secrets by access key, for signed requests; by default any well-formed signature. */
  readonly accessKeys?: Readonly<Record<string, string>>;
}

export interface SimulatorOptions extends SimulatorAccess {
  /** 0 takes any free port. */
  readonly port: number;
  /** A loopback address; 127.0.0.1 by default. */
  readonly host?: string;
  /** A non-negative safe integer. It stands in every id and behind every draw. */
  readonly seed: number;
  readonly clock: Clock;
  /** What scenarios draw from; by default a stream of the seed. */
  readonly random?: Random;
  /** Nano-USD per million tokens by `model` or `region/model`; list prices by default. */
  readonly prices?: Prices;
  /** What `GET /v1/models` lists; by default every priced model. Any name is answered. */
  readonly models?: readonly string[];
  /** In force from the start and again after every reset. */
  readonly scenarios?: readonly Scenario[];
}

/** A running simulator, for tests and compositions in the same process. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Calls since the start or the last reset. */
  readonly received: number;
  /** The scenarios in force. */
  scenarios(): readonly Scenario[];
  /** Replaces the scenarios in force. */
  setScenarios(scenarios: readonly Scenario[]): void;
  /** Puts these in the place of those of this name, and leaves the others as they are. */
  exchangeScenarios(name: string, scenarios: readonly Scenario[]): void;
  /** Lets held calls go, the oldest first; returns how many. */
  release(count?: number): number;
  /** Settles when so many calls are held. */
  whenHeld(count: number): Promise<void>;
  /** The newest calls, the oldest first; those under way change until they end. */
  calls(): readonly CallRecord[];
  bill(): { readonly total: BillLine; readonly lines: readonly BillLine[] };
  /** Forgets calls, bill and scenarios and lets held calls go. Without a seed the first one. */
  reset(seed?: number): void;
  /** Ends every connection. */
  close(): Promise<void>;
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);

const idSeedOf = (seed: number): string => `sim${seed.toString(36)}-`;

/** The rooms of one simulator, joined. */
class Simulation {
  readonly #options: SimulatorOptions;
  readonly rules: RuleBook;
  readonly gate = new Gate(mostHeld);
  readonly journal = new Journal(callsKept);
  readonly bill: Bill;
  readonly cache: PromptCache;
  readonly places: Places;
  readonly calls: ModelCalls;
  readonly control: Control;
  #seeds = new SeededRandom(0);

  constructor(options: SimulatorOptions) {
    const { accessKeys, clock, keys, prices, models, seed } = options;
    this.#options = options;
    this.rules = new RuleBook(clock, options.random ?? this.#seeds);
    this.bill = new Bill(prices);
    this.cache = new PromptCache(clock);
    this.places = new Places(surfaces, () => models ?? this.bill.models);
    const { rules, gate, journal, bill } = this;
    const rooms = { clock, rules, gate, journal, bill };
    this.calls = new ModelCalls({
      ...rooms,
      cache: this.cache,
      keys: keys === undefined ? null : new Set(keys),
      accessKeys: accessKeys === undefined ? null : new Map(Object.entries(accessKeys)),
      idSeed: idSeedOf(seed),
    });
    this.control = new Control({ ...rooms, reset: (to) => this.reset(to ?? seed) });
    this.reset(seed);
  }

  reset(seed: number): void {
    this.#seeds = new SeededRandom(seed);
    this.journal.clear();
    this.bill.clear();
    this.cache.clear();
    this.places.reset(this.#seeds.fork("answers"));
    const random = this.#options.random ?? this.#seeds.fork("scenarios");
    this.rules.reset(this.#options.scenarios ?? [], random);
    this.gate.release();
  }

  handle(request: Hearing, response: Speaking): void {
    const url = request.url ?? "";
    const place = request.method === "POST" ? this.places.find(url) : undefined;
    if (place !== undefined) this.calls.serve(request, response, place);
    else if (url.startsWith("/_sim/")) this.control.serve(request, response);
    else this.places.serveRest(request, response);
  }
}

/** Starts model providers of our own on one loopback port. Throws when the host is another one. */
export const startSimulator = async (options: SimulatorOptions): Promise<Simulator> => {
  const { host = "127.0.0.1", port, seed } = options;
  if (!isLoopback(host)) {
    const message = `Cannot listen on "${host}": the simulator serves loopback addresses only`;
    throw new Failure("not_loopback", message);
  }
  const simulation = new Simulation(options);
  const listener = new Port((request, response) => simulation.handle(request, response));
  const bound = await listener.listen(port, host);
  const { gate, rules, journal, bill } = simulation;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    get received() {
      return journal.opened;
    },
    scenarios: () => rules.rules.map(({ scenario }) => scenario),
    setScenarios: (scenarios) => rules.replace(scenarios),
    exchangeScenarios: (name, scenarios) => rules.exchange(name, scenarios),
    release: (count) => gate.release(count),
    whenHeld: (count) => new Promise((resolve) => gate.whenHeld(count, resolve)),
    calls: () => [...journal.calls()],
    bill: () => bill.statement(),
    reset: (to = seed) => simulation.reset(to),
    close: () => listener.close(),
  };
};
