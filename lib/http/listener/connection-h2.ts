import type { Socket } from "node:net";
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import { ExchangeH2, type CarrierH2 } from "../exchange/exchange-h2.ts";
import type { ParsedHead } from "../exchange/wire-head.ts";
import { remoteAddressOf } from "./connection-gate.ts";
import type { Reception } from "./reception.ts";

const resetWindowMs = 1_000;

/** An HTTP/2 connection: its streams, its idle time, and the resets its client may afford. */
export class ConnectionH2 implements CarrierH2, DeadlineOwner {
  readonly reception: Reception;
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #remoteAddress: string;
  readonly #number: number;
  /** Armed while no stream is open. */
  readonly #idle = new Deadline(this);
  /** Armed while a ping waits for its answer. */
  readonly #probe = new Deadline(this);
  #isClosed = false;
  #isTrusted = false;
  #openExchanges = 0;
  #resets = 0;
  #resetWindowEndMs = 0;

  constructor(session: ServerHttp2Session, socket: Socket, reception: Reception) {
    this.reception = reception;
    this.#session = session;
    this.#socket = socket;
    this.#remoteAddress = remoteAddressOf(socket);
    this.#number = reception.nextConnection();
    session.on("stream", (...[stream, , , rawHeaders]) => this.#serve(stream, rawHeaders));
    // The first request has as long as a head of HTTP/1, the next as long as an idle connection.
    reception.wheel.arm(this.#idle, reception.limits.headerTimeoutMs);
  }

  /** Resolves when the last frame has been handed over. */
  drain(): Promise<void> {
    this.#session.close();
    if (this.#openExchanges === 0) this.#armIdle();
    const socket = this.#socket;
    if (socket.writableFinished || socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("finish", resolve).once("close", () => resolve());
    });
  }

  closed(): void {
    this.#isClosed = true;
    this.reception.wheel.cancel(this.#idle);
    this.reception.wheel.cancel(this.#probe);
  }

  /** Nobody asked for anything in a long time, or began a request and never finished its head. */
  deadlinePassed(deadline: Deadline): void {
    // Not the session: it waits for what it has written, and the client may never read that.
    if (deadline === this.#probe || this.#session.closed) this.#socket.destroy();
    else this.#session.close();
    this.reception.wheel.arm(this.#idle, this.reception.limits.lingerTimeoutMs);
  }

  /** A client that reads answers a ping; the frames of one that does not would never leave. */
  probe(): void {
    if (this.#probe.atMs !== Infinity || this.#session.destroyed) return;
    this.reception.wheel.arm(this.#probe, this.reception.limits.stallTimeoutMs);
    this.#session.ping((error) => {
      if (error === null) this.reception.wheel.cancel(this.#probe);
    });
  }

  trust(): void {
    if (this.#isTrusted) return;
    this.#isTrusted = true;
    this.reception.gate.trust(this.#session.socket);
  }

  exchangeClosed(wasReset: boolean): void {
    this.#openExchanges -= 1;
    this.reception.exchangeClosed();
    if (wasReset) this.#countReset();
    if (this.#openExchanges === 0) this.#armIdle();
  }

  #armIdle(): void {
    if (this.#isClosed) return;
    const { limits, isDraining, wheel } = this.reception;
    wheel.cancel(this.#idle);
    wheel.arm(this.#idle, isDraining ? limits.stallTimeoutMs : limits.idleTimeoutMs);
  }

  #serve(stream: ServerHttp2Stream, rawHeaders: string[]): void {
    if (stream.destroyed) return;
    const parsed = this.#parsedHead(rawHeaders);
    const exchange = new ExchangeH2(parsed, stream, this);
    this.#openExchanges += 1;
    this.reception.wheel.cancel(this.#idle);
    const refusal = this.reception.admit(exchange, parsed);
    if (refusal === null) return;
    const answer = this.reception.answerRefusal(refusal, exchange);
    exchange.respond(answer.status, answer.headers, answer.body);
  }

  /** Opening streams and resetting them costs a client nothing and us a request each. */
  #countReset(): void {
    const nowMs = this.reception.clock.monotonicMs();
    if (nowMs >= this.#resetWindowEndMs) {
      this.#resetWindowEndMs = nowMs + resetWindowMs;
      this.#resets = 0;
    }
    this.#resets += 1;
    if (this.#resets <= this.reception.limits.resetsPerSecond) return;
    // With an error: without one node:http2 forgets the code.
    this.#session.destroy(tooManyResets, constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #parsedHead(headers: readonly string[]): ParsedHead {
    let method = "";
    let target = "";
    for (let n = 0; n < headers.length && headers[n]?.startsWith(":"); n += 2) {
      if (headers[n] === ":method") method = headers[n + 1] ?? "";
      else if (headers[n] === ":path") target = headers[n + 1] ?? "";
    }
    const from = { remoteAddress: this.#remoteAddress, connection: this.#number };
    return { method, target, protocol: "h2", version: "2.0", ...from, headers };
  }
}

const tooManyResets = new Error("the client resets too many streams");
