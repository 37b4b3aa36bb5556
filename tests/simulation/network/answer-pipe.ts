import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Dice } from "../base/dice.ts";

/** What a client sees of an answer, in order; `cut` may come at any time instead of `whole`. */
export interface AnswerReceiver {
  head(status: number, headers: ReadonlyMap<string, string>): void;
  bytes(bytes: Buffer): void;
  whole(): void;
  cut(): void;
}

/** What the sender is told. */
export interface AnswerSender {
  /** Everything queued was taken after the queue had been too full. */
  drained(): void;
  /** The end has been handed to the network: nothing more can be done for this answer. */
  handedOver(): void;
}

export interface PipeShape {
  readonly latencyMs: number;
  /** Bytes that the network and the receiver's buffer hold before the sender's queue grows. */
  readonly windowBytes: number;
}

type Parcel =
  | { readonly kind: "head"; readonly status: number; readonly headers: readonly string[] }
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "whole" | "cut" };

/** Above this `write` returns false, as node's streams do. */
const highWaterBytes = 64 * 1024;
/** No network delivers more at once. */
const largestSliceBytes = 32 * 1024;

/**
 * The server's half of a connection: bytes leave the queue when the window has room, arrive after
 * the latency in slices, and make room again when the client reads them.
 */
export class AnswerPipe {
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #shape: PipeShape;
  readonly #receiver: AnswerReceiver;
  readonly #sender: AnswerSender;
  #queue: Parcel[] = [];
  #queuedBytes = 0;
  #inFlightBytes = 0;
  #arrived: Parcel[] = [];
  #lastArrivalMs = 0;
  /** Bytes that the client will take before it stops reading. */
  #demand = Infinity;
  #needsDrain = false;
  #state: "open" | "cut" | "closed" = "open";

  constructor(
    world: { readonly clock: VirtualClock; readonly dice: Dice },
    shape: PipeShape,
    receiver: AnswerReceiver,
    sender: AnswerSender,
  ) {
    this.#clock = world.clock;
    this.#dice = world.dice;
    this.#shape = shape;
    this.#receiver = receiver;
    this.#sender = sender;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  head(status: number, headers: readonly string[]): void {
    this.#push({ kind: "head", status, headers });
  }

  /** False when the queue is above the high-water mark. */
  bytes(bytes: Buffer): boolean {
    if (bytes.length > 0) this.#push({ kind: "bytes", bytes });
    if (this.#queuedBytes < highWaterBytes) return true;
    this.#needsDrain = true;
    return false;
  }

  whole(): void {
    this.#push({ kind: "whole" });
  }

  /** The server goes away without a word: what has left it still arrives. */
  cut(): void {
    if (this.#state !== "open") return;
    this.#state = "cut";
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#deliverLater({ kind: "cut" });
  }

  /** The client goes away: nothing arrives any more. */
  close(): void {
    this.#state = "closed";
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#arrived = [];
  }

  /** How much the client reads from now on: Infinity, 0, or so many bytes. */
  read(bytes: number): void {
    this.#demand = bytes;
    this.#handOut();
  }

  #push(parcel: Parcel): void {
    if (this.#state !== "open") return;
    this.#queue.push(parcel);
    if (parcel.kind === "bytes") this.#queuedBytes += parcel.bytes.length;
    this.#transmit();
  }

  #transmit(): void {
    if (this.#state !== "open") return;
    for (let parcel = this.#queue[0]; parcel !== undefined; parcel = this.#queue[0]) {
      if (parcel.kind === "bytes") {
        const room = this.#shape.windowBytes - this.#inFlightBytes;
        // Like TCP: a window is announced when it is worth a packet, not byte by byte.
        if (room < Math.min(parcel.bytes.length, this.#shape.windowBytes / 2)) return;
        this.#send(parcel.bytes, room);
      } else {
        this.#queue.shift();
        this.#deliverLater(parcel);
        if (parcel.kind === "whole") this.#clock.soon(() => this.#sender.handedOver());
      }
    }
    if (!this.#needsDrain || this.#queuedBytes > 0) return;
    this.#needsDrain = false;
    this.#clock.soon(() => this.#sender.drained());
  }

  #send(bytes: Buffer, room: number): void {
    const most = Math.min(bytes.length, room, largestSliceBytes);
    const taken = most > 1 && this.#dice.chance(0.2) ? this.#dice.whole(1, most) : most;
    if (taken === bytes.length) this.#queue.shift();
    else this.#queue[0] = { kind: "bytes", bytes: bytes.subarray(taken) };
    this.#queuedBytes -= taken;
    this.#inFlightBytes += taken;
    this.#deliverLater({ kind: "bytes", bytes: bytes.subarray(0, taken) });
  }

  #deliverLater(parcel: Parcel): void {
    const jitterMs = this.#dice.chance(0.1) ? this.#dice.between(0, this.#shape.latencyMs) : 0;
    const nowMs = this.#clock.monotonicMs();
    const atMs = Math.max(this.#lastArrivalMs, nowMs + this.#shape.latencyMs + jitterMs);
    this.#lastArrivalMs = atMs;
    this.#clock.after(atMs - nowMs, () => {
      if (this.#state === "closed") return;
      // A reset: what the client has not read by now, it will not.
      if (parcel.kind === "cut") this.#arrived = [];
      this.#arrived.push(parcel);
      this.#handOut();
    });
  }

  #handOut(): void {
    for (let parcel = this.#arrived[0]; parcel !== undefined; parcel = this.#arrived[0]) {
      if (parcel.kind === "bytes") {
        const taken = Math.min(this.#demand, parcel.bytes.length);
        if (taken === 0) return;
        if (taken === parcel.bytes.length) this.#arrived.shift();
        else this.#arrived[0] = { kind: "bytes", bytes: parcel.bytes.subarray(taken) };
        this.#demand -= taken;
        this.#inFlightBytes -= taken;
        this.#receiver.bytes(parcel.bytes.subarray(0, taken));
        this.#transmit();
      } else {
        this.#arrived.shift();
        this.#announce(parcel);
      }
    }
  }

  #announce(parcel: Exclude<Parcel, { kind: "bytes" }>): void {
    if (parcel.kind === "head") this.#receiver.head(parcel.status, headerMap(parcel.headers));
    else if (parcel.kind === "whole") this.#receiver.whole();
    else this.#receiver.cut();
  }
}

function headerMap(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let n = 0; n < flat.length; n += 2) {
    map.set((flat[n] ?? "").toLowerCase(), flat[n + 1] ?? "");
  }
  return map;
}
