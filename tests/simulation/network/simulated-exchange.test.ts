import { setImmediate as turn } from "node:timers/promises";
import { exchangeBodyConformance } from "@sekisho/lib/http/exchange-body-conformance.ts";
import { exchangeConformance } from "@sekisho/lib/http/exchange-conformance.ts";
import type {
  ClientCall,
  ClientRequest,
  ExchangeHarness,
} from "@sekisho/lib/http/exchange-harness.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { defaultHttpLimits } from "@sekisho/lib/http/limits.ts";
import { Reception } from "@sekisho/lib/http/listener/reception.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Dice } from "../base/dice.ts";
import type { AnswerReceiver } from "./answer-pipe.ts";
import { SimulatedConnection } from "./simulated-connection.ts";
import { SimulatedExchange } from "./simulated-exchange.ts";

const shape = { latencyMs: 2, windowBytes: 48 * 1024 };
/** Longer than any wait of the suites. */
const patienceTurns = 2_000;
const turnMs = 1;
/** A body is decoded by a thread, in real time: on a busy machine virtual time must not run on. */
const threadTurns = 200_000;

type World = { readonly clock: VirtualClock; readonly dice: Dice };

/** A client as the suites drive it. */
class SuiteClient implements ClientCall {
  readonly connection: SimulatedConnection;
  readonly #head = Promise.withResolvers<Awaited<ClientCall["head"]>>();
  readonly #outcome = Promise.withResolvers<"whole" | "cut">();
  readonly head = this.#head.promise;
  readonly outcome = this.#outcome.promise;
  readonly #received: Buffer[] = [];
  #receivedBytes = 0;
  #waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];

  constructor(world: World) {
    this.connection = new SimulatedConnection(world, shape, this.#receiver());
    // Not every check looks at the head.
    this.head.catch(() => undefined);
  }

  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  receive(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, resolve });
      this.#wake();
    });
  }

  send(bytes: Buffer): void {
    this.connection.send(bytes);
  }

  finish(): void {
    this.connection.finish();
  }

  stopReading(): void {
    this.connection.answer.read(0);
  }

  readOn(): void {
    this.connection.answer.read(Infinity);
  }

  leave(): void {
    this.connection.leave();
  }

  #receiver(): AnswerReceiver {
    return {
      head: (status, headers) => this.#head.resolve({ status, headers }),
      bytes: (bytes) => {
        this.#received.push(bytes);
        this.#receivedBytes += bytes.length;
        this.#wake();
      },
      whole: () => this.#outcome.resolve("whole"),
      cut: () => {
        this.#head.reject(new Error("The connection ended without a head"));
        this.#outcome.resolve("cut");
      },
    };
  }

  #wake(): void {
    this.#waiting = this.#waiting.filter(({ bytes, resolve }) => {
      if (this.#receivedBytes < bytes) return true;
      resolve();
      return false;
    });
  }
}

/** Both ends in virtual time. Real turns pass too: content codings are undone on threads. */
class SimulatedHarness implements ExchangeHarness {
  readonly #clock = new VirtualClock();
  readonly #world: World = { clock: this.#clock, dice: new Dice(new SeededRandom(1)) };
  readonly #reception = new Reception({
    limits: { ...defaultHttpLimits, bodyTimeoutMs: 1_000 },
    clock: this.#clock,
    answerRefusal: () => ({ status: 400, headers: [], body: "" }),
    handler: () => {},
  });

  async call(request: ClientRequest): Promise<{ exchange: Exchange; client: ClientCall }> {
    const client = new SuiteClient(this.#world);
    const { promise, resolve } = Promise.withResolvers<Exchange>();
    const { method, target, body } = request;
    const length = body === null || method === "GET" ? [] : ["content-length", `${body.length}`];
    const isSaid = request.headers.includes("content-length");
    const parsed = {
      method,
      target,
      protocol: "h1" as const,
      version: "1.1",
      remoteAddress: "192.0.2.1",
      connection: 1,
      headers: isSaid ? request.headers : [...request.headers, ...length],
    };
    client.connection.open(parsed, (head, connection) => {
      const watcher = { bodyArrived: () => {}, exchangeClosed: () => {} };
      const exchange = new SimulatedExchange(head, this.#reception, connection, watcher);
      resolve(exchange);
      return exchange;
    });
    if (body !== null) {
      client.send(body);
      client.finish();
    }
    return { exchange: await this.until(promise), client };
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    for (let turns = 0; turns < patienceTurns && !isSettled; turns++) {
      await this.#clock.elapse(turnMs);
      await turn();
    }
    for (let turns = 0; turns < threadTurns && !isSettled; turns++) await turn();
    if (!isSettled) throw new Error(`Nothing happened in ${patienceTurns * turnMs} ms`);
    return promise;
  }

  async quiet(): Promise<void> {
    await this.#clock.elapse(20 * shape.latencyMs);
  }

  async close(): Promise<void> {
    await this.quiet();
  }
}

const makeHarness = async (): Promise<ExchangeHarness> => new SimulatedHarness();

exchangeConformance("SimulatedExchange", makeHarness);
exchangeBodyConformance("SimulatedExchange", makeHarness);
