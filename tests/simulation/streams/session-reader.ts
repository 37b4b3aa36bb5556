import type { ServerFrame } from "@sekisho/wire/stream/server-frame.ts";
import {
  SessionStream,
  type SessionSink,
} from "@sekisho/server/edge/stream-sessions/session-stream.ts";
import type { StreamMachine } from "./stream-machine.ts";

/** Reads a stream as a client of sessions does, over connections that break. */
export class SessionReader implements SessionSink {
  readonly #machine: StreamMachine;
  text = "";
  terminals = 0;
  afterTerminal = 0;
  #after = -1;
  #part: number | null = null;
  #epoch = 0;
  #stream: SessionStream | null = null;
  #queue: ServerFrame[] = [];
  #isBehind = false;

  constructor(machine: StreamMachine) {
    this.#machine = machine;
  }

  get isConnected(): boolean {
    return this.#stream !== null;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  send(frame: ServerFrame): void {
    this.#queue.push(frame);
    this.#isBehind = this.#queue.length > 3;
  }

  streamOver(): void {}

  connect(): void {
    const found = this.#machine.find();
    if (this.#stream !== null || found === null) return;
    if (found.epoch !== this.#epoch) this.#forget(found.epoch);
    this.#queue = [];
    this.#isBehind = false;
    const { clock, wheel } = this.#machine;
    const from = { after: this.#after, part: this.#part };
    this.#stream = new SessionStream(found, from, { sink: this, clock, wheel, flushMs: 50 });
    this.#stream.copy();
  }

  receive(most: number): void {
    for (const frame of this.#queue.splice(0, Math.ceil(most / 500))) this.#take(frame);
    if (this.#queue.length > 3) return;
    this.#isBehind = false;
    this.#stream?.copy();
  }

  cut(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#queue = [];
  }

  #forget(epoch: number): void {
    this.#epoch = epoch;
    this.#after = -1;
    this.#part = null;
    this.text = "";
    this.terminals = 0;
    this.afterTerminal = 0;
  }

  #take(frame: ServerFrame): void {
    if (this.terminals > 0) this.afterTerminal += 1;
    if (frame.type === "event" && frame.event.type === "text") this.text += frame.event.text;
    if (frame.type === "done" || frame.type === "error") this.terminals += 1;
    if (!("seq" in frame) || frame.seq === undefined) return;
    this.#after = frame.seq;
    this.#part = "part" in frame && frame.part !== undefined ? frame.part : null;
  }
}
