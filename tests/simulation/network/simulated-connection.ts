import type { ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Dice } from "../base/dice.ts";
import {
  AnswerPipe,
  type AnswerReceiver,
  type AnswerSender,
  type PipeShape,
} from "./answer-pipe.ts";

/** The server's end: what the network tells it. */
export interface ServerEnd extends AnswerSender {
  bodyArrived(bytes: Buffer): void;
  bodyEnded(): void;
  /** The connection is no more. */
  gone(): void;
}

/** Takes a request head that arrived; null when nobody listens. */
export type Accept = (head: ParsedHead, connection: SimulatedConnection) => ServerEnd | null;

/** One request and its answer between a client and a server; both may vanish at any time. */
export class SimulatedConnection implements AnswerSender {
  readonly answer: AnswerPipe;
  readonly #clock: VirtualClock;
  readonly #latencyMs: number;
  readonly #receiver: AnswerReceiver;
  #server: ServerEnd | null = null;
  #early: Buffer[] = [];
  #isBodyWanted = false;
  #hasBodyEnded = false;
  #client: "here" | "left" = "here";
  #lastArrivalMs = 0;

  constructor(
    world: { readonly clock: VirtualClock; readonly dice: Dice },
    shape: PipeShape,
    receiver: AnswerReceiver,
  ) {
    this.#clock = world.clock;
    this.#latencyMs = shape.latencyMs;
    this.#receiver = receiver;
    this.answer = new AnswerPipe(world, shape, receiver, this);
  }

  get hasBodyEnded(): boolean {
    return this.#hasBodyEnded;
  }

  // The client's side

  open(head: ParsedHead, accept: Accept): void {
    this.#later(() => {
      this.#server = accept(head, this);
      if (this.#server !== null) return;
      this.#clock.after(this.#latencyMs, () => {
        if (this.#client === "here") this.#receiver.cut();
      });
    });
  }

  send(bytes: Buffer): void {
    this.#later(() => {
      if (this.#isBodyWanted) this.#server?.bodyArrived(bytes);
      else this.#early.push(bytes);
    });
  }

  finish(): void {
    this.#later(() => {
      this.#hasBodyEnded = true;
      if (this.#isBodyWanted) this.#server?.bodyEnded();
    });
  }

  /** Goes away without a word; the server learns of it after the latency. */
  leave(): void {
    if (this.#client === "left") return;
    this.#client = "left";
    this.answer.close();
    this.#later(() => this.#server?.gone());
  }

  // The server's side

  /** From now on the body is handed over as it arrives, never inside this call. */
  readBody(): void {
    this.#clock.soon(() => {
      this.#isBodyWanted = true;
      for (const bytes of this.#early) this.#server?.bodyArrived(bytes);
      this.#early = [];
      if (this.#hasBodyEnded) this.#server?.bodyEnded();
    });
  }

  /** The server cuts the connection; it is told so afterwards, as of any other end. */
  destroy(): void {
    this.answer.cut();
    this.#clock.soon(() => this.#server?.gone());
  }

  /** The server's process died: nothing is told to it any more, and the client sees a cut. */
  serverDied(): void {
    this.#server = null;
    this.answer.cut();
  }

  drained(): void {
    this.#server?.drained();
  }

  handedOver(): void {
    this.#server?.handedOver();
  }

  /** Like TCP: what is sent arrives in order. */
  #later(run: () => void): void {
    const nowMs = this.#clock.monotonicMs();
    const atMs = Math.max(this.#lastArrivalMs, nowMs + this.#latencyMs);
    this.#lastArrivalMs = atMs;
    this.#clock.after(atMs - nowMs, run);
  }
}
