import { NumberedWords } from "@sekisho/gateway/responses/numbered-words.ts";
import { Pump, type PumpSink } from "@sekisho/gateway/responses/pump.ts";
import { readPlace, type StreamPlace } from "@sekisho/gateway/responses/stream-place.ts";
import { ResponsesStreamEncoder } from "@sekisho/wire/responses/encode-stream.ts";
import type { Dice } from "../base/dice.ts";
import type { StreamMachine } from "./stream-machine.ts";

const context = {
  id: "resp_1",
  requestId: "req_1",
  model: "m",
  createdMs: 0,
  streamUsage: true,
  timing: () => ({ firstTokenMs: 0, latencyMs: 0 }),
  region: () => "",
};

/** One connection: bytes that a client gets, until it is cut somewhere. */
class Wire implements PumpSink {
  bufferedBytes = 0;
  #waiting: Buffer[] = [];
  readonly #got: (text: string) => void;

  constructor(got: (text: string) => void) {
    this.#got = got;
  }

  write(bytes: Uint8Array | string): boolean {
    const buffer = Buffer.from(bytes as string); // both kinds are accepted by Buffer.from
    this.#waiting.push(buffer);
    this.bufferedBytes += buffer.length;
    return false;
  }

  end(): void {}

  /** So many bytes reach the client. */
  deliver(most: number): void {
    const all = Buffer.concat(this.#waiting);
    const taken = all.subarray(0, most);
    this.#waiting = [all.subarray(taken.length)];
    this.bufferedBytes = all.length - taken.length;
    // A client that is cut in a character cannot read it: it gets whole ones or an end.
    if (taken.length > 0) this.#got(taken.toString("latin1"));
  }
}

/** Reads a stream as `EventSource` does: comes back with the id of the last whole event. */
export class SseClient {
  readonly #machine: StreamMachine;
  readonly #dice: Dice;
  /** Events as they were taken. */
  readonly taken: string[] = [];
  #place: StreamPlace | null = null;
  #wire: Wire | null = null;
  #pump: Pump | null = null;
  #leave: (() => void) | null = null;
  #text = "";
  #connection = 0;

  constructor(machine: StreamMachine, dice: Dice) {
    this.#machine = machine;
    this.#dice = dice;
  }

  get isConnected(): boolean {
    return this.#wire !== null;
  }

  connect(): void {
    const found = this.#machine.find();
    if (this.#wire !== null || found === null) return;
    this.#connection += 1;
    const number = this.#connection;
    const wire = new Wire((text) => this.#take(text, number));
    this.#wire = wire;
    this.#text = "";
    const isReset = this.#place !== null && this.#place.epoch !== found.epoch;
    if (isReset) this.#forget();
    // Sometimes it says less than it has: it drops what comes again.
    const after = this.#dice.chance(0.1) ? null : this.#place;
    this.#leave = found.attach();
    const log = new NumberedWords(found.log, {
      id: found.head.id,
      epoch: found.epoch,
      encoder: () => new ResponsesStreamEncoder(context),
      after,
      hidden: 0,
      isKept: () => found.live?.log.isKept ?? true,
      lost: () => this.cut(),
    });
    const { clock, wheel } = this.#machine;
    this.#pump = new Pump(log, wire, {
      clock,
      wheel,
      owner: { pumpEnded() {}, readerStalled: () => this.cut(), pumpFailed: rethrow },
      options: {
        flushMs: 0,
        encoder: () => ({ encode: () => "" }),
        hideUsage: false,
        heartbeat: ": ping\n\n",
        heartbeatMs: 5_000,
        stalledMs: 10_000,
      },
    });
    this.#pump.published();
  }

  /** The network moves on. */
  receive(most: number): void {
    this.#wire?.deliver(most);
    this.#pump?.drained();
  }

  /** The connection breaks: what was under way is lost. */
  cut(): void {
    this.#wire = null;
    this.#pump?.close();
    this.#pump = null;
    this.#leave?.();
    this.#leave = null;
    this.#text = "";
  }

  #forget(): void {
    this.taken.length = 0;
    this.#place = null;
  }

  #take(text: string, connection: number): void {
    if (connection !== this.#connection) return;
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end === -1) return;
      const frame = this.#text.slice(0, end + 2);
      this.#text = this.#text.slice(end + 2);
      const id = /^id: (.*)$/m.exec(frame)?.[1];
      const place = id === undefined ? null : readPlace(id);
      if (place === null || !isBehind(place, this.#place)) continue;
      this.#place = place;
      this.taken.push(frame);
    }
  }
}

const rethrow = (error: unknown): never => {
  throw error;
};

const parts = ({ parts: count }: StreamPlace): number => count ?? Infinity;

const isBehind = (place: StreamPlace, known: StreamPlace | null): boolean =>
  known === null ||
  place.seq > known.seq ||
  (place.seq === known.seq && parts(place) > parts(known));
