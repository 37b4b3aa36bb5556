import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Server as NetServer, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { BodyMessage } from "../exchange/body-message.ts";
import { asksForWebSocket } from "../websocket/upgrade-h1.ts";
import { remoteAddressOf } from "./connection-gate.ts";
import { ConnectionH1 } from "./connection-h1.ts";
import type { EndpointH2 } from "./endpoint-h2.ts";
import type { Reception } from "./reception.ts";
import { sniffProtocol } from "./sniff-protocol.ts";

/** Certificate and key in PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface EndpointOptions {
  readonly reception: Reception;
  readonly h2: EndpointH2;
  readonly tls: TlsIdentity | null;
}

/** Node calls a connection late only when it looks; it looks this often. */
const checkIntervalMs = (headerTimeoutMs: number): number =>
  Math.max(10, Math.min(1_000, Math.floor(headerTimeoutMs / 4)));

const serverOptions = ({ limits, takesUpgrades }: Reception) => ({
  IncomingMessage: BodyMessage,
  maxHeaderSize: limits.headerBytes,
  headersTimeout: limits.headerTimeoutMs,
  // Behind the body's own deadline: for bodies that nobody reads and that trickle in.
  requestTimeout: limits.headerTimeoutMs + limits.bodyTimeoutMs,
  keepAliveTimeout: limits.idleTimeoutMs,
  connectionsCheckingInterval: checkIntervalMs(limits.headerTimeoutMs),
  highWaterMark: 65_536,
  noDelay: true,
  // Ours to refuse, in the words of the owner.
  requireHostHeader: false,
  // Whoever offers another protocol is answered in this one.
  shouldUpgradeCallback: (request: IncomingMessage) => takesUpgrades && asksForWebSocket(request),
});

type ServerH1 = Server<typeof BodyMessage>;
type Answer = ServerResponse<BodyMessage>;
type Listener = (this: ServerH1, socket: Socket) => void;

/**
 * One listening address. The server that listens is the HTTP/1 server itself, because node:http
 * enforces its time-outs only on connections of a server that listens; its connection listener is
 * wrapped, and HTTP/2 connections are taken out before it sees them.
 */
export class EndpointH1 {
  readonly server: ServerH1;
  readonly #reception: Reception;
  readonly #h2: EndpointH2;
  readonly #connections = new Map<Socket, ConnectionH1>();
  readonly #onH1: Listener;

  constructor(options: EndpointOptions) {
    this.#reception = options.reception;
    this.#h2 = options.h2;
    const { limits } = options.reception;
    this.server =
      options.tls === null
        ? createServer(serverOptions(options.reception))
        : createTlsServer({
            ...serverOptions(options.reception),
            ...options.tls,
            ALPNProtocols: ["h2", "http/1.1"],
            handshakeTimeout: limits.sniffTimeoutMs,
            minVersion: "TLSv1.2",
          });
    // Otherwise node:http drops headers beyond its own count in silence.
    this.server.maxHeadersCount = 0;
    this.#onH1 = this.#wrap(options.tls === null ? "connection" : "secureConnection");
    this.#listen();
  }

  /** Listens no more, closes the connections that wait for a request, and lets the others go on. */
  drain(): void {
    // Not the close of node:http: it takes a connection for idle whose answer is still on its way.
    NetServer.prototype.close.call(this.server);
    for (const connection of this.#connections.values()) connection.drain();
  }

  #wrap(event: "connection" | "secureConnection"): Listener {
    const [onH1] = this.server.listeners(event);
    if (onH1 === undefined) throw new TypeError(`node:http has no listener for "${event}"`);
    this.server.removeAllListeners(event);
    if (event === "connection") {
      this.server.on(event, (socket) => this.#acceptPlain(socket));
    } else {
      this.server.prependListener("connection", (socket) => this.#reception.gate.admit(socket));
      this.server.on(event, (socket: TLSSocket) => this.#acceptTls(socket));
    }
    // The event's own listener: it takes the socket, with the server as `this`.
    return onH1 as Listener;
  }

  #listen(): void {
    const { server } = this;
    server.on("request", (_, response) => this.#serve(response, false));
    server.on("checkContinue", (_, response) => this.#serve(response, true));
    server.on("checkExpectation", (_, response) => this.#serve(response, false));
    server.on("upgrade", (request, socket: Socket, rest) => this.#upgrade(request, socket, rest));
    server.on("connect", (request) => this.#refuseConnect(request));
    server.on("clientError", (error, socket: Socket) => this.#broken(error, socket));
  }

  #acceptPlain(socket: Socket): void {
    if (!this.#reception.gate.admit(socket)) return;
    socket.on("error", ignoreError);
    sniffProtocol(socket, this.#reception, (sniffed, protocol) =>
      protocol === "h2" ? this.#h2.accept(sniffed) : this.#acceptH1(sniffed),
    );
  }

  #acceptTls(socket: TLSSocket): void {
    if (socket.alpnProtocol === "h2") this.#h2.accept(socket);
    else this.#acceptH1(socket);
  }

  #acceptH1(socket: Socket): void {
    const connection = new ConnectionH1(socket, remoteAddressOf(socket), this.#reception);
    this.#connections.set(socket, connection);
    socket.once("close", () => {
      this.#connections.delete(socket);
      connection.closed();
    });
    this.#onH1.call(this.server, socket);
  }

  #serve(response: Answer, awaitsContinue: boolean): void {
    const connection = this.#connections.get(response.req.socket);
    if (connection === undefined) response.req.socket.destroy();
    else connection.serve(response, awaitsContinue);
  }

  #upgrade(request: IncomingMessage, socket: Socket, rest: Buffer): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) socket.destroy();
    else connection.upgrade(request, rest);
  }

  #refuseConnect(request: IncomingMessage): void {
    const message = "Cannot accept the request: the method is CONNECT, which is not served";
    this.#connections.get(request.socket)?.refuse({ code: "method_not_allowed", message });
  }

  #broken(error: Error, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) socket.destroy();
    else connection.broken(error);
  }
}

/** A peer that resets its connection is told by "close"; there is nothing else to do about it. */
const ignoreError = (): void => {};
