import type { Timer } from "@sekisho/lib/time/clock.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Dice } from "../base/dice.ts";
import type { AnswerReceiver } from "../network/answer-pipe.ts";
import { SimulatedConnection, type Accept } from "../network/simulated-connection.ts";
import type { RequestPlan } from "../scenario/scenario.ts";
import { requestBytes } from "./request-bytes.ts";

/** *whole* and *cut* as HTTP tells them apart; *left*: the client did not wait. */
export type ClientEnd = "whole" | "cut" | "left";

/** What one client has seen. */
export interface ClientRecord {
  readonly plan: RequestPlan;
  status: number | null;
  headers: ReadonlyMap<string, string>;
  readonly received: Buffer[];
  receivedBytes: number;
  statusMs: number | null;
  /** The longest time in which nothing of a streamed answer came. */
  longestSilenceMs: number;
  end: ClientEnd | null;
  endedMs: number | null;
}

export interface ClientWorld {
  readonly clock: VirtualClock;
  readonly dice: Dice;
  accept(plan: RequestPlan): Accept;
  trace(line: string): void;
  ended(client: ModelClient): void;
}

/** Nobody waits longer than this, whatever the answer does. */
const patienceMs = 150_000;

/** One client: sends its request as planned, reads as planned, leaves as planned. */
export class ModelClient implements AnswerReceiver {
  readonly record: ClientRecord;
  readonly connection: SimulatedConnection;
  readonly #world: ClientWorld;
  #patience: Timer | null = null;
  #reading: Timer | null = null;
  #readsSlowly = false;
  #lastHeardMs = 0;

  constructor(plan: RequestPlan, world: ClientWorld) {
    this.#world = world;
    this.record = {
      plan,
      status: null,
      headers: new Map(),
      received: [],
      receivedBytes: 0,
      statusMs: null,
      longestSilenceMs: 0,
      end: null,
      endedMs: null,
    };
    this.connection = new SimulatedConnection(world, plan.network, this);
  }

  start(): void {
    const { plan } = this.record;
    const { target, headers, body } = requestBytes(plan);
    const head = {
      method: "POST",
      target,
      protocol: plan.n % 2 === 0 ? ("h1" as const) : ("h2" as const),
      version: "1.1",
      remoteAddress: "192.0.2.7",
      connection: plan.n,
      headers,
    };
    this.#world.trace(`client ${plan.n} asks`);
    this.#patience = this.#world.clock.after(patienceMs, () => this.#leave("impatient"));
    if (plan.reading.kind !== "eager") this.#readUntilSlow(plan.reading.afterBytes);
    this.connection.open(head, this.#world.accept(plan));
    this.#sendBody(body);
  }

  head(status: number, headers: ReadonlyMap<string, string>): void {
    this.record.status = status;
    this.record.headers = headers;
    this.record.statusMs = this.#world.clock.monotonicMs();
    this.#lastHeardMs = this.record.statusMs;
    this.#world.trace(`client ${this.record.plan.n} status ${status}`);
  }

  bytes(bytes: Buffer): void {
    const { record } = this;
    record.received.push(bytes);
    record.receivedBytes += bytes.length;
    this.#heard();
    this.#world.trace(`client ${record.plan.n} has ${record.receivedBytes} bytes`);
    const { leaving, reading } = record.plan;
    if (leaving.kind === "in mid-stream" && record.receivedBytes >= leaving.bytes) {
      return this.#leave("in mid-stream");
    }
    if (reading.kind !== "eager" && record.receivedBytes >= reading.afterBytes) this.#slowDown();
  }

  whole(): void {
    this.#end("whole");
  }

  cut(): void {
    this.#end("cut");
  }

  #heard(): void {
    const nowMs = this.#world.clock.monotonicMs();
    const { record } = this;
    record.longestSilenceMs = Math.max(record.longestSilenceMs, nowMs - this.#lastHeardMs);
    this.#lastHeardMs = nowMs;
  }

  #sendBody(body: Buffer): void {
    const { sending, leaving } = this.record.plan;
    const { clock, dice } = this.#world;
    const half = Math.floor(body.length / 2);
    if (leaving.kind === "half-way in the body") {
      this.connection.send(body.subarray(0, half));
      clock.after(dice.between(1, 50), () => this.#leave("half-way in the body"));
    } else if (sending.kind === "never whole") {
      this.connection.send(body.subarray(0, half));
    } else if (sending.kind === "late") {
      this.#sendPieces(body, sending);
    } else {
      this.connection.send(body);
      this.#bodySent();
    }
  }

  #sendPieces(
    body: Buffer,
    { afterMs, pieces }: { readonly afterMs: number; readonly pieces: number },
  ): void {
    const { clock } = this.#world;
    const size = Math.ceil(body.length / pieces);
    for (let piece = 0; piece < pieces; piece += 1) {
      const bytes = body.subarray(piece * size, (piece + 1) * size);
      const atMs = (afterMs * (piece + 1)) / pieces;
      clock.after(atMs, () => {
        if (this.record.end !== null) return;
        this.connection.send(bytes);
        if (piece === pieces - 1) this.#bodySent();
      });
    }
  }

  #bodySent(): void {
    const { record } = this;
    const { clock } = this.#world;
    this.connection.finish();
    const { leaving } = record.plan;
    if (leaving.kind === "after the body") {
      clock.after(leaving.ms, () => this.#leave("after the body"));
    }
  }

  #readUntilSlow(bytes: number): void {
    this.connection.answer.read(bytes);
    if (bytes === 0) this.#slowDown();
  }

  #slowDown(): void {
    const { reading } = this.record.plan;
    if (this.#readsSlowly || reading.kind === "eager") return;
    this.#readsSlowly = true;
    const { clock } = this.#world;
    if (reading.kind === "slow") {
      this.#readSome(reading);
    } else if (reading.forMs !== Infinity) {
      this.#reading = clock.after(reading.forMs, () => this.connection.answer.read(Infinity));
    }
  }

  #readSome(reading: { readonly bytes: number; readonly everyMs: number }): void {
    this.#reading = this.#world.clock.after(reading.everyMs, () => {
      if (this.record.end !== null) return;
      this.connection.answer.read(reading.bytes);
      this.#readSome(reading);
    });
  }

  #leave(why: string): void {
    if (this.record.end !== null) return;
    this.#world.trace(`client ${this.record.plan.n} leaves ${why}`);
    this.connection.leave();
    this.#end("left");
  }

  #end(end: ClientEnd): void {
    const { record } = this;
    if (record.end !== null) return;
    record.end = end;
    record.endedMs = this.#world.clock.monotonicMs();
    if (record.status !== null) this.#heard();
    this.#patience?.cancel();
    this.#reading?.cancel();
    this.#world.trace(`client ${record.plan.n} ${end}`);
    this.#world.ended(this);
  }
}
