import { createServer, type Server, type Socket } from "node:net";
import type { Random } from "@sekisho/lib/random/random.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { ownPort } from "../own-port.ts";
import { Link } from "./link.ts";
import { noFault, type LinkFault } from "./link-fault.ts";

/** Somebody else may take a port between the look at it and its use. */
const mostTries = 5;

export interface FaultProxyOptions {
  /** Where the server listens: http://127.0.0.1:port. */
  readonly to: string;
  readonly fault?: LinkFault;
  /** What the first connections meet, one each; those behind them meet `fault`. */
  readonly first?: readonly LinkFault[];
  /** Behind every jitter; 1 by default. */
  readonly seed?: number;
  /** Connections beyond so many at a time are reset; 2,000 by default. */
  readonly most?: number;
}

/**
 * A loopback listener in front of a server, which does to each connection what it is told. It works
 * in front of a provider and in front of the gateway alike, and knows no protocol above TCP.
 */
export class FaultProxy implements AsyncDisposable {
  /** What connections meet that are accepted from now on. */
  fault: LinkFault;
  /** How many have been accepted. */
  accepted = 0;
  readonly port: number;
  readonly #to: number;
  readonly #most: number;
  readonly #clock: Clock = new SystemClock();
  readonly #random: Random;
  readonly #links = new Set<Link>();
  readonly #first: LinkFault[];
  #server: Server | null = null;

  private constructor(port: number, options: FaultProxyOptions) {
    const { to, fault = noFault, first = [], seed = 1, most = 2_000 } = options;
    this.port = port;
    this.fault = fault;
    this.#first = [...first];
    this.#most = most;
    this.#to = Number(new URL(to).port);
    this.#random = new SeededRandom(seed);
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    for (let tries = 1; ; tries += 1) {
      const proxy = new FaultProxy(await ownPort(), options);
      try {
        await proxy.listen();
        return proxy;
      } catch (error) {
        if (tries === mostTries) throw error;
      }
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open on either side. */
  get open(): number {
    return this.#links.size;
  }

  get held(): number {
    return [...this.#links].filter((link) => link.isHeld).length;
  }

  /** Takes connections again after `refuse`. */
  async listen(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket),
    );
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.#server = server;
  }

  /** Whoever connects from now on is refused by the system. Open connections go on. */
  refuse(): void {
    this.#server?.close();
    this.#server = null;
  }

  /** Lets held connections go. */
  release(): void {
    for (const link of this.#links) link.release();
  }

  /** RST on all open connections. */
  resetAll(): void {
    for (const link of this.#links) link.reset();
  }

  /** FIN on all open connections, to both sides. */
  endAll(): void {
    for (const link of this.#links) link.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server === null) resolve();
      else this.#server.close(() => resolve());
    });
    this.#server = null;
    for (const link of this.#links) link.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    this.accepted += 1;
    if (this.#links.size >= this.#most) {
      socket.on("error", () => {});
      socket.resetAndDestroy();
      return;
    }
    const link = new Link(socket, this.#first.shift() ?? this.fault, {
      clock: this.#clock,
      random: this.#random,
      port: this.#to,
      closed: (gone) => this.#links.delete(gone),
    });
    this.#links.add(link);
  }
}
