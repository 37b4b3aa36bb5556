import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import type { BodyMessage } from "../exchange/body-message.ts";
import { ExchangeH1, type CarrierH1 } from "../exchange/exchange-h1.ts";
import { WireHead, type ParsedHead } from "../exchange/wire-head.ts";
import type { Refusal, RefusalCode } from "../refusal.ts";
import { UpgradeH1 } from "../websocket/upgrade-h1.ts";
import type { Reception } from "./reception.ts";

/** An HTTP/1 connection: its open exchanges, and how it ends. */
export class ConnectionH1 implements CarrierH1, DeadlineOwner {
  readonly reception: Reception;
  readonly #socket: Socket;
  readonly #remoteAddress: string;
  readonly #number: number;
  /** More than one only when the client pipelines. */
  readonly #open: ExchangeH1[] = [];
  #isLast = false;
  #isUpgraded = false;
  #isTrusted = false;
  #linger: Deadline | null = null;
  /** What had come in when the last exchange was over; more than that is another request. */
  #idleAtBytes = -1;

  constructor(socket: Socket, remoteAddress: string, reception: Reception) {
    this.reception = reception;
    this.#socket = socket;
    this.#remoteAddress = remoteAddress;
    this.#number = reception.nextConnection();
  }

  /** No further request is served: the answer under way, if any, is the last one. */
  get isLast(): boolean {
    return this.#isLast;
  }

  serve(response: ServerResponse<BodyMessage>, awaitsContinue: boolean): void {
    const { limits } = this.reception;
    if (this.#isLast || this.#open.length >= limits.exchangesPerConnection) {
      this.#socket.destroy();
      return;
    }
    const parsed = this.#parsedHead(response.req);
    const exchange = new ExchangeH1(parsed, response, this);
    if (awaitsContinue) exchange.expectContinue();
    this.#open.push(exchange);
    const refusal = this.reception.admit(exchange, parsed);
    if (refusal === null) return;
    this.#isLast = true;
    const answer = this.reception.answerRefusal(refusal, exchange);
    exchange.respond(answer.status, answer.headers, answer.body);
  }

  /** The client wants to speak WebSocket: no further request comes on this connection. */
  upgrade(request: IncomingMessage, rest: Buffer): void {
    if (this.#isLast || this.#open.length > 0) {
      this.#socket.destroy();
      return;
    }
    this.#isLast = true;
    this.#isUpgraded = true;
    const { reception } = this;
    const parsed = this.#parsedHead(request);
    const trust = (): void => this.trust();
    const parts = { request, socket: this.#socket, rest, context: reception, trust };
    const upgrade = new UpgradeH1({
      ...parts,
      head: new WireHead(parsed, reception.trustedProxies),
    });
    const refusal = reception.admitUpgrade(upgrade, parsed);
    if (refusal !== null) upgrade.refuse(reception.answerRefusal(refusal, null));
  }

  exchangeClosed(exchange: ExchangeH1): void {
    this.#open.splice(this.#open.indexOf(exchange), 1);
    this.reception.exchangeClosed();
    if (this.#open.length > 0) return;
    this.#idleAtBytes = this.#socket.bytesRead;
    if (this.#isLast || this.reception.isDraining) this.#socket.destroySoon();
  }

  /** Ends the connection if it waits for a request; one that has begun will be refused. */
  drain(): void {
    const isIdle = this.#open.length === 0 && this.#socket.bytesRead === this.#idleAtBytes;
    if (isIdle && this.#linger === null) this.#socket.destroySoon();
  }

  trust(): void {
    if (this.#isTrusted) return;
    this.#isTrusted = true;
    this.reception.gate.trust(this.#socket);
  }

  /** The connection failed, or the parser gave up on what the client sends. */
  broken(error: NodeJS.ErrnoException): void {
    if (!isProtocolError(error.code)) {
      this.#socket.destroy();
      return;
    }
    const wasLast = this.#isLast;
    this.#isLast = true;
    const latest = this.#open.at(-1);
    if (latest !== undefined) latest.broken();
    else if (!wasLast) this.refuse(refusalOf(error.code ?? "", this.reception));
  }

  /** Answers on the bare socket: there is no request to answer to. */
  refuse(refusal: Refusal): void {
    this.#isLast = true;
    if (!this.#socket.writable) {
      this.#socket.destroy();
      return;
    }
    const { status, headers, body } = this.reception.answerRefusal(refusal, null);
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    for (let n = 0; n < headers.length; n += 2) head += `${headers[n]}: ${headers[n + 1]}\r\n`;
    head += `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
    this.#socket.write(head + body);
    this.#endGently();
  }

  /**
   * Ends the connection behind the next answer, but reads on for a while: closing a socket with
   * unread bytes resets it, and the client that is still sending would never see the answer.
   */
  lingerAfterAnswer(): void {
    this.#isLast = true;
    // node:http calls this method, and no other, once the last answer has been handed over.
    this.#socket.destroySoon = () => this.#endGently();
  }

  deadlinePassed(): void {
    this.#socket.destroy();
  }

  closed(): void {
    for (const exchange of this.#open.slice()) exchange.connectionClosed();
    if (this.#isUpgraded) this.reception.exchangeClosed();
    if (this.#linger !== null) this.reception.wheel.cancel(this.#linger);
  }

  #endGently(): void {
    if (this.#linger !== null) return;
    this.#linger = new Deadline(this);
    this.reception.wheel.arm(this.#linger, this.reception.limits.lingerTimeoutMs);
    this.#socket.end();
  }

  #parsedHead(request: IncomingMessage): ParsedHead {
    return {
      method: request.method ?? "",
      target: request.url ?? "",
      protocol: "h1",
      version: request.httpVersion,
      remoteAddress: this.#remoteAddress,
      connection: this.#number,
      headers: request.rawHeaders,
    };
  }
}

/** Anything else means that the client is gone, also when it left in the middle of a message. */
const isProtocolError = (code = ""): boolean =>
  code === "ERR_HTTP_REQUEST_TIMEOUT" ||
  (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE");

const refusalOf = (errorCode: string, { limits }: Reception): Refusal => {
  switch (errorCode) {
    case "HPE_HEADER_OVERFLOW":
      return unread(
        "headers_too_large",
        `it is longer than the limit, ${limits.headerBytes} bytes`,
      );
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return unread(
        "header_timeout",
        `it took longer than the limit, ${limits.headerTimeoutMs} ms`,
      );
    default:
      return unread("bad_request", "it is not HTTP/1.1");
  }
};

const unread = (code: RefusalCode, fault: string): Refusal => ({
  code,
  message: `Cannot read the head of the request: ${fault}`,
});
