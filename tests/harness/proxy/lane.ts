import type { Socket } from "node:net";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { LaneFault } from "./link-fault.ts";
import { Pacer, type Parcel } from "./pacer.ts";

/** Beyond this the sender is not read: its own side of the connection fills up. */
const mostWaitingBytes = 65_536;

export interface LanePorts {
  readonly clock: Clock;
  readonly random: Random;
  /** RST to both sides of the connection. */
  readonly reset: () => void;
  /** Nothing more will be passed on. */
  readonly over: () => void;
}

/**
 * One direction of a proxied connection: what `from` sends arrives at `to` as the fault has it.
 * Backpressure passes through, so a receiver that does not read stops the sender.
 */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #fault: LaneFault;
  readonly #ports: LanePorts;
  readonly #pacer: Pacer;
  readonly #parcels: Parcel[] = [];
  #waitingBytes = 0;
  /** Bytes that may still pass before the fault stops them. */
  #leftBytes: number;
  #timer: Timer | null = null;
  #isBlocked = false;
  #hasEnded = false;
  #state: "carrying" | "stopping" | "stopped" = "carrying";

  constructor(from: Socket, to: Socket, fault: LaneFault, ports: LanePorts) {
    this.#from = from;
    this.#to = to;
    this.#fault = fault;
    this.#ports = ports;
    this.#pacer = new Pacer(fault, ports.random);
    this.#leftBytes = fault.stop?.afterBytes ?? Infinity;
    from.on("data", (bytes: Buffer) => this.#take(bytes));
    from.once("end", () => this.#end());
    to.on("drain", () => this.#drained());
    if (this.#leftBytes === 0) this.#stop();
  }

  get isOver(): boolean {
    return this.#state === "stopped";
  }

  /** Its fault has made it so: not even the end of the sender is passed on. */
  get isSilent(): boolean {
    return this.isOver && this.#fault.stop?.by === "silence";
  }

  /** Nothing more is passed on, and no timer is left. */
  close(): void {
    this.#state = "stopped";
    this.#timer?.cancel();
    this.#timer = null;
    this.#parcels.length = 0;
  }

  #take(bytes: Buffer): void {
    if (this.#state !== "carrying" || this.#leftBytes === 0) return;
    const passed = bytes.subarray(0, Math.min(bytes.length, this.#leftBytes));
    this.#leftBytes -= passed.length;
    this.#parcels.push(...this.#pacer.take(passed, this.#ports.clock.monotonicMs()));
    this.#waitingBytes += passed.length;
    if (this.#waitingBytes > mostWaitingBytes) this.#from.pause();
    this.#advance();
  }

  #end(): void {
    if (this.#state !== "carrying" || this.#leftBytes === 0) return;
    this.#hasEnded = true;
    this.#advance();
  }

  #drained(): void {
    this.#isBlocked = false;
    this.#advance();
  }

  /** Writes what is due, then waits for what comes next. */
  #advance(): void {
    if (this.#state !== "carrying" || this.#isBlocked || this.#timer !== null) return;
    const { clock } = this.#ports;
    const isSliced = this.#fault.sliceBytes !== undefined;
    for (let next = this.#parcels[0]; next !== undefined; next = this.#parcels[0]) {
      const waitMs = next.dueMs - clock.monotonicMs();
      if (waitMs > 0) return this.#wait(waitMs);
      this.#write(next);
      if (this.#isBlocked) return;
      if (isSliced && this.#parcels.length > 0) return this.#yield();
    }
    if (this.#leftBytes === 0) this.#stop();
    else if (this.#hasEnded) this.#passEnd();
  }

  #write({ bytes }: Parcel): void {
    this.#parcels.shift();
    this.#waitingBytes -= bytes.length;
    if (this.#waitingBytes <= mostWaitingBytes / 2) this.#from.resume();
    if (!this.#to.write(bytes)) this.#isBlocked = true;
  }

  #wait(ms: number): void {
    this.#timer = this.#ports.clock.after(ms, () => {
      this.#timer = null;
      this.#advance();
    });
  }

  /** The rest comes in the next turn of the event loop: the receiver can read in between. */
  #yield(): void {
    this.#timer = { cancel: () => {} };
    this.#ports.clock.soon(() => {
      this.#timer = null;
      this.#advance();
    });
  }

  #passEnd(): void {
    this.#finishAfter(this.#fault.endDelayMs ?? 0, () => this.#to.end());
  }

  #stop(): void {
    const { stop } = this.#fault;
    if (stop === undefined || stop.by === "silence") return this.#finishAfter(0, () => {});
    const act = stop.by === "reset" ? this.#ports.reset : () => this.#to.end();
    this.#finishAfter(stop.afterMs ?? 0, act);
  }

  /** The last thing that this direction does. What still comes is read and thrown away. */
  #finishAfter(delayMs: number, act: () => void): void {
    if (this.#state !== "carrying") return;
    this.#state = "stopping";
    this.#from.resume();
    const finish = (): void => {
      this.#timer = null;
      this.#state = "stopped";
      act();
      this.#ports.over();
    };
    if (delayMs > 0) this.#timer = this.#ports.clock.after(delayMs, finish);
    else finish();
  }
}
