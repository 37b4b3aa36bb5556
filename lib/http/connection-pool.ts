import { Client } from "undici";
import { Failure } from "../failure/failure.ts";
import type { UndiciCall, WaitingRoom } from "./undici-call.ts";

export interface PoolOptions {
  readonly maxConnections: number;
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
  readonly #waiting = new Set<UndiciCall>();
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
      this.#waiting.add(call);
      return;
    }
    const { maxConnections } = this.#options;
    const fault = `all ${maxConnections} connections are busy and ${maxWaiting} calls wait`;
    call.fail(notSent(`${fault}, which is the limit`));
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
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
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
