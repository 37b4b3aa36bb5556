import { Client } from "undici";
import { Failure } from "../../failure/failure.ts";
import type { Clock, Timer } from "../../time/clock.ts";
import type { UndiciCall, WaitingRoom } from "./undici-call.ts";

export interface PoolOptions {
  readonly maxConnections: number;
  /** A call that waits longer for a connection has failed. */
  readonly queueMs: number;
  readonly clock: Clock;
  readonly client: Client.Options;
}

/** Calls that may wait for a connection of one origin; their deadlines run on meanwhile. */
const maxWaiting = 4_096;

/** One connection: free for a call, busy with one, or out of the pool. */
interface Lane {
  readonly client: Client;
  state: "free" | "busy" | "retired";
  isConnected: boolean;
}

/**
 * The connections to one origin, each with one call at a time. The most recently used free one is
 * taken first, so that the others can time out. undici's own `Pool` looks at every connection for
 * every call, 4 us per thousand, and keeps all it ever made.
 */
export class ConnectionPool implements WaitingRoom {
  readonly #origin: string;
  readonly #options: PoolOptions;
  readonly #free: Lane[] = [];
  /** Calls in the order in which they came, with the time. */
  readonly #waiting = new Map<UndiciCall, number>();
  #waitTimer: Timer | null = null;
  #lanes = 0;
  #isClosing = false;
  #whenEmpty: (() => void) | null = null;

  constructor(origin: string, options: PoolOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  get connections(): number {
    return this.#lanes;
  }

  /** How long the longest waiting call has waited. */
  get oldestWaitMs(): number {
    const [sinceMs] = this.#waiting.values();
    return sinceMs === undefined ? 0 : this.#options.clock.monotonicMs() - sinceMs;
  }

  dispatch(call: UndiciCall): void {
    if (this.#isClosing) {
      call.fail(notSent("the connections are being closed"));
      return;
    }
    const lane = this.#free.pop() ?? this.#openLane();
    if (lane !== null) this.#run(lane, call);
    else this.#wait(call);
  }

  leave(call: UndiciCall): void {
    this.#waiting.delete(call);
    this.#watch();
  }

  /** Calls under way and waiting run to their end. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#free.splice(0).map((lane) => this.#retire(lane)));
    if (this.#lanes === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  #wait(call: UndiciCall): void {
    if (this.#waiting.size < maxWaiting) {
      this.#waiting.set(call, this.#options.clock.monotonicMs());
      this.#watch();
      return;
    }
    call.fail(this.#allBusy(`${maxWaiting} calls wait, which is the limit`));
  }

  /** One timer, for the first in the queue: those behind it came later. */
  #watch(): void {
    if (this.#waiting.size === 0) {
      this.#waitTimer?.cancel();
      this.#waitTimer = null;
    } else if (this.#waitTimer === null) {
      const { clock, queueMs } = this.#options;
      this.#waitTimer = clock.after(queueMs - this.oldestWaitMs, () => this.#endWaits());
    }
  }

  #endWaits(): void {
    this.#waitTimer = null;
    const { clock, queueMs } = this.#options;
    const nowMs = clock.monotonicMs();
    for (const [call, sinceMs] of this.#waiting) {
      if (nowMs - sinceMs < queueMs) break;
      this.#waiting.delete(call);
      call.fail(this.#allBusy(`the call has waited for ${queueMs} ms`));
    }
    this.#watch();
  }

  #allBusy(why: string): Failure<"no_connection"> {
    const { maxConnections } = this.#options;
    const fault = `all ${maxConnections} connections are busy, and ${why}`;
    return new Failure("no_connection", `Cannot send to the upstream: ${fault}`);
  }

  #openLane(): Lane | null {
    if (this.#lanes >= this.#options.maxConnections) return null;
    const client = new Client(this.#origin, this.#options.client);
    const lane: Lane = { client, state: "busy", isConnected: false };
    this.#lanes += 1;
    client.on("connect", () => (lane.isConnected = true));
    client.on("disconnect", () => this.#disconnected(lane));
    client.on("drain", () => this.#drained(lane));
    return lane;
  }

  #run(lane: Lane, call: UndiciCall): void {
    lane.state = "busy";
    lane.client.dispatch(call.options, call);
    // Refused by undici without being queued: no "drain" will follow.
    if (call.hasEnded && !call.hasStarted) this.#drained(lane);
  }

  /** The call of this lane is over. */
  #drained(lane: Lane): void {
    if (lane.state !== "busy") return;
    const [next] = this.#waiting.keys();
    if (next !== undefined) {
      this.leave(next);
      this.#run(lane, next);
    } else if (lane.isConnected && !this.#isClosing) {
      lane.state = "free";
      this.#free.push(lane);
    } else {
      void this.#retire(lane);
    }
  }

  #disconnected(lane: Lane): void {
    lane.isConnected = false;
    if (lane.state !== "free") return;
    // The longest unused, which time out first, stand at the front.
    this.#free.splice(this.#free.indexOf(lane), 1);
    void this.#retire(lane);
  }

  async #retire(lane: Lane): Promise<void> {
    lane.state = "retired";
    this.#lanes -= 1;
    await lane.client.close();
    if (this.#lanes === 0) this.#whenEmpty?.();
  }
}

const notSent = (fault: string): Failure<"connect_failed"> =>
  new Failure("connect_failed", `Cannot send to the upstream: ${fault}`);
